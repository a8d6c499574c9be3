import { evidence } from '../../text/evidence.ts';
import { bareHandle } from '../../text/folding.ts';
import { ResponseTooLongError, responseText } from '../response-text.ts';
import { findStatus } from './mastodon-search.ts';
import { type Network, NetworkFailure, NetworkRefusal, type PublishRequest } from './network.ts';
import { failureOfStatus } from './network-failures.ts';

export interface MastodonOptions {
  /** The server's address, such as `https://mastodon.social`. */
  readonly baseUrl: string;
  /** A token with the scopes `write:statuses` and `write:media`. The searches need `read:accounts` and `read:statuses`. */
  readonly accessToken: string;
  /** The base of the relative addresses of media. Without it, posts with media are refused. */
  readonly mediaBaseUrl?: string;
  /** The time between two checks whether an upload is processed; 1,000 by default. */
  readonly processingPollMs?: number;
  readonly fetch?: typeof fetch;
  /** Receives the response texts of refused and failed calls. */
  readonly log?: { warn(details: object, message: string): void };
}

type Media = PublishRequest['media'][number];
type Uploads = PublishRequest['uploads'];

/** Enough for a page of 40 statuses with their HTML. */
const maxResponseBytes = 4 * 1024 * 1024;

const maxAddressChars = 2_000;

/** How long a server keeps the idempotency keys of statuses (Mastodon's `PostStatusService`). */
const keysKeptMs = 3_600_000;

/**
 * A Mastodon server as a network, by its REST API (docs.joinmastodon.org/methods/statuses and /media). Statuses are sent with
 * `Idempotency-Key`, so that a repetition within the hour for which servers keep keys has no second effect.
 */
export function createMastodonNetwork(options: MastodonOptions): Network {
  const postStatus = async (id: string, status: object, signal: AbortSignal) => {
    const response = await request(options, '/api/v1/statuses', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': id },
      body: JSON.stringify(status),
      signal,
    });
    const { url, uri } = await read<{ url?: unknown; uri?: unknown }>(response);
    const permalink = url ?? uri;
    if (typeof permalink !== 'string' || !isWebAddress(permalink)) throw invalidResponse();
    return permalink;
  };

  const found = (text: string, since: Date, signal: AbortSignal) =>
    findStatus(async (path) => await read(await request(options, path, { signal })), { text: text.trim(), since });

  return {
    async publish({ id, text, media, uploads }, signal) {
      const mediaIds: string[] = [];
      // In sequence, as the order of the ids is the order in which people see the media.
      for (const asset of media) mediaIds.push(await uploaded(options, { asset, uploads, signal }));
      const status = { status: text, media_ids: mediaIds, visibility: 'public' };
      return { permalink: await postStatus(id, status, signal) };
    },

    async reply({ id, contactHandle, text }, signal) {
      await postStatus(id, { status: addressed(contactHandle, text), visibility: 'direct' }, signal);
    },

    idempotentMs: () => keysKeptMs,

    find: ({ text, since }, signal) => found(text, since, signal),

    // The statuses of one's own account include those to single people.
    findReply: async ({ contactHandle, text, since }, signal) =>
      (await found(addressed(contactHandle, text), since, signal)) !== null,
  };
}

function addressed(contactHandle: string, text: string): string {
  return `@${bareHandle(contactHandle)} ${text}`;
}

interface Upload {
  readonly asset: Media;
  readonly uploads: Uploads;
  readonly signal: AbortSignal;
}

/**
 * The server's id of a file that it has processed, as a status needs it. A file that the server accepted earlier is not sent again.
 */
async function uploaded(options: MastodonOptions, { asset, uploads, signal }: Upload): Promise<string> {
  const known = uploads.of(asset.id);
  if (known !== undefined && (await isProcessed(options, known, signal))) return known;
  const { id, isDone } = await upload(options, asset, signal);
  await uploads.add(asset.id, id);
  if (!isDone && !(await isProcessed(options, id, signal)))
    throw new NetworkFailure('Mastodon did not keep a file of the post: try again later.');
  return id;
}

/** Waits until a file is processed. False if the server no longer has it. */
async function isProcessed(options: MastodonOptions, id: string, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    const response = await send(options, `/api/v1/media/${encodeURIComponent(id)}`, { signal });
    await response.body?.cancel();
    if (response.status === 200) return true;
    if (response.status === 404) return false;
    if (response.status !== 206) throw failureOfStatus('Mastodon', response.status);
    await pause(options.processingPollMs ?? 1_000, signal);
  }
}

async function upload(
  options: MastodonOptions,
  asset: Media,
  signal: AbortSignal,
): Promise<{ id: string; isDone: boolean }> {
  const form = new FormData();
  form.append('file', await download(options, asset, signal), asset.id);
  if (asset.altText) form.append('description', asset.altText);
  const response = await request(options, '/api/v2/media', { method: 'POST', body: form, signal });
  const { id } = await read<{ id?: unknown }>(response);
  if (typeof id !== 'string') throw invalidResponse();
  return { id, isDone: response.status === 200 }; // 202 Accepted: not processed yet
}

async function download(options: MastodonOptions, asset: Media, signal: AbortSignal): Promise<Blob> {
  if (!URL.canParse(asset.url, options.mediaBaseUrl))
    throw new NetworkRefusal('Media cannot be sent to Mastodon: the address of this server is not configured.');
  const response = await (options.fetch ?? fetch)(new URL(asset.url, options.mediaBaseUrl), { signal });
  if (!response.ok) throw new NetworkFailure(`A file of the post could not be read (HTTP ${response.status}).`);
  return new Blob([await response.arrayBuffer()], { type: asset.mimeType });
}

function send(options: MastodonOptions, path: string, init: RequestInit): Promise<Response> {
  return (options.fetch ?? fetch)(new URL(path, options.baseUrl), {
    ...init,
    headers: { ...init.headers, authorization: `Bearer ${options.accessToken}`, accept: 'application/json' },
    // A redirected POST would arrive as a GET.
    redirect: 'error',
  });
}

/** Sends a request and throws unless it succeeds. The body of a failed response, `{ "error": "…" }`, is only logged. */
async function request(options: MastodonOptions, path: string, init: RequestInit): Promise<Response> {
  const response = await send(options, path, init);
  if (response.ok) return response;
  const body = evidence(await textOf(response), [options.accessToken]);
  options.log?.warn({ path, status: response.status, body }, 'mastodon: a call was refused or failed');
  throw failureOfStatus('Mastodon', response.status);
}

/** The JSON object of a response. Throws for anything else, such as a proxy's page. */
async function read<T extends object>(response: Response): Promise<T> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await textOf(response));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (typeof parsed !== 'object' || parsed === null) throw invalidResponse();
  return parsed as T;
}

/** The text of a response; empty, and so invalid, when it is too long. */
async function textOf(response: Response): Promise<string> {
  try {
    return await responseText(response, maxResponseBytes);
  } catch (error) {
    if (error instanceof ResponseTooLongError) return '';
    throw error;
  }
}

function invalidResponse(): NetworkFailure {
  return new NetworkFailure('Mastodon sent an invalid response: try again later.');
}

/** The length is compared first: the time of a host with many combining marks grows with the square of their number. */
function isWebAddress(text: string): boolean {
  return text.length <= maxAddressChars && URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, durationMs);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
