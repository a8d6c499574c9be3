import { NetworkFailure, NetworkRefusal } from './network.ts';

/**
 * What became of a call, by the status of the answer alone, with what can be done about it. Nothing of the answer's text is in it:
 * members read the message, and a server may repeat in its text what it was sent, credentials included.
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
  if (status === 403) return 'does not allow it to this account';
  if (status === 404 || status === 410) return 'did not find what it was asked for';
  if (status === 413) return 'found a file too large';
  if (status === 429) return 'was asked too often';
  if (status >= 500) return 'has trouble of its own';
  if (status >= 400) return 'refused it';
  return 'gave an answer that was not expected';
}

function remedyOf(status: number): string {
  if (status === 401) return 'the access token of the account has to be renewed';
  if (status === 403) return 'look at the permissions of the account and of its access token';
  if (status === 404 || status === 410) return 'look whether the account and what it answers are still there';
  if (status === 413) return 'take a smaller file';
  return 'compare the text and the media with what the network takes, change them and try again';
}
