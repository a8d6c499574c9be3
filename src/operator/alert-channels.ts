import { createHmac } from 'node:crypto';
import { urlBeneath } from '../domains/other-server.ts';
import type { AlertChannel, AlertNotice } from './alert-delivery.ts';

const json = { 'content-type': 'application/json' };

/**
 * A receiver of one's own. `Magpie-Signature: t=<Unix seconds>,v1=<hex>` is the HMAC-SHA-256 of `<t>.<body>` with the secret: a
 * receiver compares it, and refuses a time that is more than some minutes away.
 */
export function createWebhook({ url, secret }: { url: string; secret: string }): AlertChannel {
  return {
    name: 'webhook',
    secrets: [secret, url],
    requestOf(notice, now) {
      const body = JSON.stringify(notice);
      const seconds = Math.floor(now.getTime() / 1_000);
      const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
      return { url, headers: { ...json, 'magpie-signature': `t=${seconds},v1=${signature}` }, body };
    },
  };
}

/** Slack's incoming webhooks, which Mattermost, Rocket.Chat and Discord (`…/slack`) take too. */
export function createSlack({ url }: { url: string }): AlertChannel {
  return {
    name: 'slack',
    secrets: [url],
    requestOf(notice) {
      const text = lineOf(notice).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
      return { url, headers: json, body: JSON.stringify({ text }) };
    },
  };
}

export interface TelegramOptions {
  /** `https://api.telegram.org`, or a Bot API server of one's own. */
  readonly apiUrl: string;
  readonly token: string;
  readonly chatId: string;
}

/** The method `sendMessage` of Telegram's Bot API. */
export function createTelegram({ apiUrl, token, chatId }: TelegramOptions): AlertChannel {
  const url = urlBeneath(apiUrl, `bot${token}/sendMessage`);
  return {
    name: 'telegram',
    secrets: [token],
    requestOf(notice) {
      return { url, headers: json, body: JSON.stringify({ chat_id: chatId, text: lineOf(notice) }) };
    },
    retryAfterMs(body) {
      try {
        const seconds: unknown = JSON.parse(body)?.parameters?.retry_after;
        return typeof seconds === 'number' ? seconds * 1_000 : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

function lineOf(notice: AlertNotice): string {
  const { event, alert } = notice;
  const { host, pid } = notice.process;
  const place = `Magpie on ${host}, process ${pid}`;
  if (event === 'raised') return `${place}: ${alert.kind} raised. ${alert.message}`;
  return `${place}: ${alert.kind} withdrawn (raised ${alert.since}). It was: ${alert.message}`;
}
