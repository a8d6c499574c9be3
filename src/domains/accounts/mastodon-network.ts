import { evidence } from '../../text/evidence.ts';
import { bareHandle } from '../../text/folding.ts';
import { AnswerTooLongError, answerText } from '../answer-text.ts';
import { findStatus } from './mastodon-search.ts';
import { type Network, NetworkFailure, NetworkRefusal, type PublishRequest } from './network.ts';
import { failureOfStatus } from './network-answers.ts';

export interface MastodonOptions {
  /** The server's address, such as `https://mastodon.social`. */
  readonly baseUrl: string;
  /** A token with the scopes `write:statuses` and `write:media`; with `read:accounts` and `read:statuses` it finds what it published. */
  readonly accessToken: string;
  /** What the addresses of media, which are relative, are relative to. Posts with media are refused without it. */
  readonly mediaBaseUrl?: string;
  /** How long to wait before asking again whether an upload is processed. */
  readonly processingPollMs?: number;
  readonly fetch?: typeof fetch;
  /** Hears what the server says of its refusals and failures. */
  readonly log?: { warn(details: object, message: string): void };
}

type Media = PublishRequest['media'][number];
type Uploads = PublishRequest['uploads'];

/** A page of 40 statuses, with their HTML. */
const maxAnswerBytes = 4 * 1024 * 1024;

/** How long a server keeps the keys of statuses (PostStatusService). */
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
    if (typeof permalink !== 'string' || !isWebAddress(permalink)) throw senseless();
    return permalink;
  };

  return {
    async publish({ id, text, media, uploads }, signal) {
      const mediaIds: string[] = [];
      // One after the other: the order of the ids is the order in which people see them.
      for (const asset of media) mediaIds.push(await uploaded(options, { asset, uploads, signal }));
      const status = { status: text, media_ids: mediaIds, visibility: 'public' };
      return { permalink: await postStatus(id, status, signal) };
    },

    async reply({ id, contactHandle, text }, signal) {
      const mention = `@${bareHandle(contactHandle)}`;
      await postStatus(id, { status: `${mention} ${text}`, visibility: 'direct' }, signal);
    },

    rememberedMs: () => keysKeptMs,

    find: ({ text, since }, signal) =>
      findStatus(async (path) => await read(await request(options, path, { signal })), { text: text.trim(), since }),
  };
}

interface Upload {
  readonly asset: Media;
  readonly uploads: Uploads;
  readonly signal: AbortSignal;
}

/** A file that the server has and has processed: a status cannot use it before. One that it took earlier is not sent again. */
async function uploaded(options: MastodonOptions, { asset, uploads, signal }: Upload): Promise<string> {
  const known = uploads.of(asset.id);
  if (known !== undefined && (await isProcessed(options, known, signal))) return known;
  const { id, isDone } = await upload(options, asset, signal);
  await uploads.add(asset.id, id);
  if (!isDone && !(await isProcessed(options, id, signal)))
    throw new NetworkFailure('Mastodon did not keep a file of the post: try again later.');
  return id;
}

/** Waits until a file is processed. False when the server does not have it any more. */
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
  if (typeof id !== 'string') throw senseless();
  return { id, isDone: response.status === 200 }; // 202 Accepted: not yet
}

async function download(options: MastodonOptions, asset: Media, signal: AbortSignal): Promise<Blob> {
  if (!URL.canParse(asset.url, options.mediaBaseUrl))
    throw new NetworkRefusal('Media cannot be sent to Mastodon: where to read them from is not configured.');
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

/** Throws for all answers but those of success. What the server says of them, `{ "error": "…" }`, is for the log. */
async function request(options: MastodonOptions, path: string, init: RequestInit): Promise<Response> {
  const response = await send(options, path, init);
  if (response.ok) return response;
  const answer = evidence(await textOf(response), [options.accessToken]);
  options.log?.warn({ path, status: response.status, answer }, 'mastodon: a call was refused or failed');
  throw failureOfStatus('Mastodon', response.status);
}

/** The JSON of an answer. What is none, such as a proxy's page, makes no sense. */
async function read<T extends object>(response: Response): Promise<T> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await textOf(response));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (typeof parsed !== 'object' || parsed === null) throw senseless();
  return parsed as T;
}

/** Too long an answer makes no sense either. */
async function textOf(response: Response): Promise<string> {
  try {
    return await answerText(response, maxAnswerBytes);
  } catch (error) {
    if (error instanceof AnswerTooLongError) return '';
    throw error;
  }
}

function senseless(): NetworkFailure {
  return new NetworkFailure('Mastodon gave an answer that makes no sense: try again later.');
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);
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
