import { Readable } from 'node:stream';
import type { HttpPlugin } from './plugin.ts';
import { refusalResponse } from './refusal.ts';

/** A file of the library, told by the unguessable key in its address. */
export interface ServedMedia {
  readonly fileName: string;
  readonly mimeType: string;
  readonly byteSize: number;
  /** Both ends included, as in HTTP; the whole file without a range. */
  open(range?: ByteRange): Readable | Promise<Readable>;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export type FindMedia = (key: string) => Promise<ServedMedia | null>;

/** Types that a browser shows without running anything. */
const shown = /^(image\/(png|jpeg|gif|webp)|video\/mp4)$/;

/** Serves what was uploaded, as what it is and never as a program. A key never gets another content. */
export function useMedia(findMedia: FindMedia): HttpPlugin {
  return {
    async onRequest({ request, url, endResponse }) {
      const key = /^\/media\/([\w.-]{1,200})$/.exec(url.pathname)?.[1];
      if (key === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return;
      const media = await findMedia(key);
      endResponse(media ? await serve(request, { key, media }) : notFound());
    },
  };
}

async function serve(request: Request, { key, media }: { key: string; media: ServedMedia }): Promise<Response> {
  const { byteSize, mimeType } = media;
  const etag = `"${key}"`;
  const headers: Record<string, string> = {
    etag,
    'content-type': mimeType,
    'content-disposition': disposition(media),
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'public, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
  };
  if (request.headers.get('if-none-match')?.includes(etag)) return new Response(null, { status: 304, headers });

  const range = rangeOf(request, { etag, byteSize });
  if (range === 'unsatisfiable')
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${byteSize}` } });
  headers['content-length'] = String(range ? range.end - range.start + 1 : byteSize);
  if (range) headers['content-range'] = `bytes ${range.start}-${range.end}/${byteSize}`;
  const body = request.method === 'HEAD' ? null : Readable.toWeb(await media.open(range));
  return new Response(body as ReadableStream | null, { status: range ? 206 : 200, headers });
}

/** RFC 9110, section 14: one range; several, or another unit, are answered with the whole. */
function rangeOf(
  { headers }: Request,
  { etag, byteSize }: { etag: string; byteSize: number },
): ByteRange | 'unsatisfiable' | undefined {
  const condition = headers.get('if-range');
  if (condition !== null && condition !== etag) return undefined;
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(headers.get('range') ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return undefined;
  const start = first === '' ? Math.max(0, byteSize - Number(last)) : Number(first);
  const end = first === '' || last === '' ? byteSize - 1 : Math.min(Number(last), byteSize - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  return start < byteSize && !(first === '' && Number(last) === 0) ? { start, end } : 'unsatisfiable';
}

/** RFC 6266: the name in ASCII, and in full for who understands it. */
function disposition({ fileName, mimeType }: ServedMedia): string {
  const ascii = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const full = encodeURIComponent(Buffer.from(fileName).toString()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${shown.test(mimeType) ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${full}`;
}

function notFound(): Response {
  return refusalResponse('There is no such file, or no longer.', { status: 404, code: 'NOT_FOUND' });
}
