import { bareHandle } from '../../text/folding.ts';
import { beginningOf } from '../../text/graphemes.ts';
import { type Network, NetworkRefusal } from './network.ts';

export interface MastodonOptions {
  /** The server's address, such as `https://mastodon.social`. */
  readonly baseUrl: string;
  /** A token with the scopes `write:statuses` and `write:media`. */
  readonly accessToken: string;
  /** What the addresses of media, which are relative, are relative to. Posts with media are refused without it. */
  readonly mediaBaseUrl?: string;
  /** How long to wait before asking again whether an upload is processed. */
  readonly processingPollMs?: number;
  readonly fetch?: typeof fetch;
}

type Media = Parameters<Network['publish']>[0]['media'][number];

const maxDetailLength = 500;

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
    return (await response.json()) as { url: string | null; uri: string };
  };

  return {
    async publish({ id, text, media }, signal) {
      const mediaIds: string[] = [];
      // One after the other: the order of the ids is the order in which people see them.
      for (const asset of media) mediaIds.push(await upload(options, asset, signal));
      const { url, uri } = await postStatus(id, { status: text, media_ids: mediaIds, visibility: 'public' }, signal);
      return { permalink: url ?? uri };
    },

    async reply({ id, contactHandle, text }, signal) {
      const mention = `@${bareHandle(contactHandle)}`;
      await postStatus(id, { status: `${mention} ${text}`, visibility: 'direct' }, signal);
    },
  };
}

/** Uploads a file and waits until the server has processed it: a status cannot use it before. */
async function upload(options: MastodonOptions, asset: Media, signal: AbortSignal): Promise<string> {
  const form = new FormData();
  form.append('file', await download(options, asset, signal), asset.id);
  if (asset.altText) form.append('description', asset.altText);
  let response = await request(options, '/api/v2/media', { method: 'POST', body: form, signal });
  const { id } = (await response.json()) as { id: string };
  // 202 Accepted, then 206 Partial Content: not yet.
  while (response.status !== 200) {
    await pause(options.processingPollMs ?? 1_000, signal);
    response = await request(options, `/api/v1/media/${encodeURIComponent(id)}`, { signal });
    await response.body?.cancel();
  }
  return id;
}

async function download(options: MastodonOptions, asset: Media, signal: AbortSignal): Promise<Blob> {
  if (!URL.canParse(asset.url, options.mediaBaseUrl))
    throw new NetworkRefusal('Media cannot be sent to Mastodon: where to read them from is not configured.');
  const response = await (options.fetch ?? fetch)(new URL(asset.url, options.mediaBaseUrl), { signal });
  if (!response.ok) throw new Error(`expected the file of ${asset.id}, but got ${response.status}`);
  return new Blob([await response.arrayBuffer()], { type: asset.mimeType });
}

async function request(
  { baseUrl, accessToken, fetch: send = fetch }: MastodonOptions,
  path: string,
  init: RequestInit,
): Promise<Response> {
  const response = await send(new URL(path, baseUrl), {
    ...init,
    headers: { ...init.headers, authorization: `Bearer ${accessToken}`, accept: 'application/json' },
    // A redirected POST would arrive as a GET.
    redirect: 'error',
  });
  if (response.ok) return response;
  const detail = await detailOf(response);
  const isFinal = response.status >= 400 && response.status < 500 && response.status !== 408 && response.status !== 429;
  throw isFinal
    ? new NetworkRefusal(`Mastodon refused it: ${detail}`)
    : new Error(`expected an answer of Mastodon, but got ${response.status}: ${detail}`);
}

/** Mastodon explains errors as `{ "error": "…" }`; a proxy in front of it may not. */
async function detailOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === 'string') return beginningOf(error, maxDetailLength);
  } catch {
    // Not JSON: the status says enough.
  }
  return `${response.status} ${response.statusText}`.trim();
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
