import { Readable } from 'node:stream';
import type { ServedFile } from '../domains/media/serving.ts';
import type { ByteRange, MediaStore } from '../domains/media/store.ts';
import { outageOf } from '../graphql/outage.ts';
import { conditionalResponse, isRangeWanted } from './conditional-request.ts';
import type { HttpPlugin } from './plugin.ts';
import { outageResponse, refusalResponse } from './refusal.ts';

/** The files of the media library, each under the unguessable key in its URL. */
export interface Media {
  /** Null when the key does not exist, or does not exist any more. */
  find(key: string): Promise<ServedFile | null>;
  open: MediaStore['open'];
}

/** Types that a browser shows without running a program. */
const inlineTypes = /^(image\/(png|jpeg|gif|webp)|video\/mp4)$/;

/** Serves uploaded files at /media, with their type and never as a program. The content under a key never changes. */
export function useMedia(media: Media): HttpPlugin {
  return {
    isRepeatable: true,
    async onRequest({ request, url, endResponse }) {
      const key = /^\/media\/([\w-]+)$/.exec(url.pathname)?.[1];
      if (key === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return;
      try {
        const file = await media.find(key);
        endResponse((file && (await serve(request, { key, file, media }))) ?? notFound());
      } catch (error) {
        const outage = outageOf(error);
        if (!outage) throw error;
        endResponse(outageResponse(outage));
      }
    },
  };
}

interface FoundFile {
  readonly key: string;
  readonly file: ServedFile;
  readonly media: Media;
}

async function serve(request: Request, { key, file, media }: FoundFile): Promise<Response | null> {
  const etag = `"${file.sha256}"`;
  const headers: Record<string, string> = {
    etag,
    'content-type': file.mimeType,
    'content-disposition': disposition(file),
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'public, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
  };
  const conditional = conditionalResponse(request, headers);
  if (conditional) return conditional;

  const range = rangeOf(request, { etag, byteSize: file.byteSize });
  if (range === 'unsatisfiable')
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${file.byteSize}` } });
  headers['content-length'] = String(range ? range.end - range.start + 1 : file.byteSize);
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${file.byteSize}`;
  const init = { status: range ? 206 : 200, headers };
  if (request.method === 'HEAD') return new Response(null, init);

  const stored = await media.open(key, range);
  if (!stored) return null;
  // Closes the file when the client disconnects.
  request.signal.addEventListener('abort', () => stored.stream.destroy(), { once: true });
  return new Response(Readable.toWeb(stored.stream) as ReadableStream, init);
}

/**
 * The range of a GET (RFC 9110, section 14); undefined, for the whole file, also when several ranges or another unit are requested.
 */
function rangeOf(
  { method, headers }: Request,
  { etag, byteSize }: { etag: string; byteSize: number },
): ByteRange | 'unsatisfiable' | undefined {
  if (method !== 'GET' || !isRangeWanted(headers, etag)) return undefined;
  const [unit, ranges = ''] = (headers.get('range') ?? '').split('=', 2);
  const [range = '', ...others] = ranges
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const [, first, last] = /^(\d*)-(\d*)$/.exec(range) ?? [];
  if (unit!.toLowerCase() !== 'bytes' || others.length > 0) return undefined;
  if (first === undefined || last === undefined || first + last === '') return undefined;
  if (first === '') return lastBytes(Number(last), byteSize);
  if (last !== '' && Number(last) < Number(first)) return undefined;
  if (Number(first) >= byteSize) return 'unsatisfiable';
  return { start: Number(first), end: last === '' ? byteSize - 1 : Math.min(Number(last), byteSize - 1) };
}

function lastBytes(count: number, byteSize: number): ByteRange | 'unsatisfiable' {
  return count === 0 || byteSize === 0 ? 'unsatisfiable' : { start: Math.max(0, byteSize - count), end: byteSize - 1 };
}

/** RFC 6266: `filename` in ASCII, and `filename*` in full for clients that understand it. */
function disposition({ fileName, mimeType }: ServedFile): string {
  const ascii = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const wellFormed = Buffer.from(fileName).toString();
  const full = encodeURIComponent(wellFormed).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${inlineTypes.test(mimeType) ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${full}`;
}

function notFound(): Response {
  return refusalResponse('The file does not exist, or was deleted.', { status: 404, code: 'NOT_FOUND' });
}
