import { isIP } from 'node:net';
import { compile } from 'proxy-addr';

// Formats of texts in the environment: what an error says was expected, and the check.

export const origin = {
  expected: '`*`, or origins such as https://app.example or http://localhost:*',
  accepts: isOrigin,
};
export const hostName = { expected: 'an IP address or a host name', accepts: isHost };
export const headerName = {
  expected: 'names of headers such as x-team',
  accepts: (text: string) => /^[\w!#$%&'*+.^`|~-]+$/.test(text),
};

export const workspaceId = {
  expected: 'the id of a workspace, which begins with ws_',
  accepts: (text: string) => /^ws_\w+$/.test(text),
};
export const chat = {
  expected: 'the number of a chat, or the @name of a channel',
  accepts: (text: string) => /^(-?\d+|@\w+)$/.test(text),
};
export const cutOff = {
  expected: '`off`, or `serve:` and a number of seconds from 1 to 3600, such as serve:60',
  accepts: (text: string) => text === 'off' || (/^serve:[1-9]\d{0,3}$/.test(text) && secondsOf(text) <= 3_600),
};
export const proxies = {
  expected: 'the number of proxies, or their addresses and networks, such as `loopback, 10.0.0.0/8`',
  accepts: (text: string) => isNumber(text) || listed(text).every((item) => !isNumber(item) && isProxy(item)),
};

export function secondsOf(text: string): number {
  return Number(text.split(':')[1] ?? 0);
}

/** The items of a list that commas separate. */
export function listed(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function isProxy(text: string): boolean {
  try {
    compile(text);
    return true;
  } catch {
    return false;
  }
}

function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text);
}

/** Whether a text is an origin. For schemes of apps (`capacitor://localhost`), `URL` returns the origin `null`. */
function isOrigin(text: string): boolean {
  const withoutPort = text.replace(/:\*$/, '');
  if (text === '*') return true;
  if (!URL.canParse(withoutPort)) return false;
  const { origin, protocol, host } = new URL(withoutPort);
  return (origin === 'null' ? `${protocol}//${host}` : origin) === withoutPort && host !== '' && !host.includes('*');
}
