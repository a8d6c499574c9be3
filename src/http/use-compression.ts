import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpPlugin } from './plugin.ts';

const gzipAsync = promisify(gzip);

/** Below, headers outweigh what compression saves. */
const minChars = 1_024;

/** An answer for clients that take gzip, made off the main thread; undefined for others, and when it is not worth it. */
export async function compressed(json: string, acceptEncoding: string | null): Promise<Buffer | undefined> {
  return json.length >= minChars && acceptsGzip(acceptEncoding) ? await gzipAsync(json) : undefined;
}

/** Compresses whole answers. Parts of a stream go out as they are. */
export function useCompression(): HttpPlugin {
  return {
    async onResponse({ request, response, serverContext: { facts }, setResponse }) {
      const { json } = facts;
      if (json === null || response.status !== 200) return;
      const body = await compressed(json, request.headers.get('accept-encoding'));
      if (!body) return;
      facts.gzipped = body;
      const headers = new Headers(response.headers);
      headers.set('content-encoding', 'gzip');
      headers.set('content-length', String(body.byteLength));
      setResponse(new Response(body as Uint8Array<ArrayBuffer>, { status: 200, statusText: 'OK', headers }));
    },
  };
}

/** RFC 9110, section 12.5.3, as far as gzip is concerned. */
export function acceptsGzip(header: string | null): boolean {
  const quality = new Map(
    (header ?? '').split(',').map((coding) => {
      const [name = '', q] = coding.toLowerCase().split(';');
      return [name.trim(), q === undefined ? 1 : Number(q.trim().replace(/^q=/, ''))];
    }),
  );
  return (quality.get('gzip') ?? quality.get('*') ?? 0) > 0;
}
