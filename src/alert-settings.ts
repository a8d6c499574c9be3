import { chat } from './environment-formats.ts';
import type { EnvironmentReader } from './environment-reader.ts';

/** Who is told of alerts. */
export interface AlertSettings {
  readonly webhook: { readonly url: string; readonly secret: string } | undefined;
  readonly slack: { readonly url: string } | undefined;
  readonly telegram: { readonly apiUrl: string; readonly token: string; readonly chatId: string } | undefined;
}

export function readAlerts(read: EnvironmentReader): AlertSettings {
  const web = ['http:', 'https:'];
  const url = read.url('ALERT_WEBHOOK_URL', web);
  const secret = read.secret('ALERT_WEBHOOK_SECRET');
  const slack = read.url('SLACK_WEBHOOK_URL', web);
  const token = read.secret('TELEGRAM_BOT_TOKEN');
  const chatId = read.text('TELEGRAM_CHAT_ID', '', chat);
  const apiUrl = read.url('TELEGRAM_API_URL', web) ?? 'https://api.telegram.org';
  read.together('ALERT_WEBHOOK_URL', ['ALERT_WEBHOOK_SECRET']);
  read.together('ALERT_WEBHOOK_SECRET', ['ALERT_WEBHOOK_URL']);
  read.together('TELEGRAM_BOT_TOKEN', ['TELEGRAM_CHAT_ID']);
  for (const name of ['CHAT_ID', 'API_URL']) read.together(`TELEGRAM_${name}`, ['TELEGRAM_BOT_TOKEN']);
  return {
    webhook: url !== undefined && secret !== undefined ? { url, secret } : undefined,
    slack: slack === undefined ? undefined : { url: slack },
    telegram: token !== undefined && chatId !== '' ? { apiUrl, token, chatId } : undefined,
  };
}
