import { NetworkFailure, NetworkRefusal } from './network.ts';

/**
 * The error of a failed call, with a remedy, from the status of the response alone. Members read its message, and a server may
 * repeat in the body what it was sent, including credentials; so nothing of the body is in it.
 */
export function failureOfStatus(network: string, status: number): NetworkRefusal | NetworkFailure {
  const message = `${network} ${meaningOf(status)} (HTTP ${status})`;
  const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429;
  return isFinal
    ? new NetworkRefusal(`${message}: ${remedyOf(status)}.`)
    : new NetworkFailure(`${message}: try again later.`);
}

function meaningOf(status: number): string {
  if (status === 401) return 'refused the credentials';
  if (status === 403) return 'does not permit this to the account';
  if (status === 404 || status === 410) return 'did not find the account or the message';
  if (status === 413) return 'found a file too large';
  if (status === 429) return 'received too many requests';
  if (status >= 500) return 'failed internally';
  if (status >= 400) return 'refused the request';
  return 'sent an unexpected response';
}

function remedyOf(status: number): string {
  if (status === 401) return 'renew the access token of the account';
  if (status === 403) return 'check the permissions of the account and of its access token';
  if (status === 404 || status === 410) return 'check whether the account and the message still exist';
  if (status === 413) return 'use a smaller file';
  return "compare the text and the media with the network's rules, change them and try again";
}
