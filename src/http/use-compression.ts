import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpPlugin } from './plugin.ts';

const gzipAsync = promisify(gzip);

/** For shorter results, the headers of gzip outweigh what it saves. */
const minChars = 1_024;

/** The result in gzip, compressed off the main thread; undefined when the client does not accept gzip, or for short results. */
export async function compressed(json: string, acceptEncoding: string | null): Promise<Buffer | undefined> {
  return json.length >= minChars && acceptsGzip(acceptEncoding) ? await gzipAsync(json) : undefined;
}

/** Compresses single results. Streams are not compressed. */
export function useCompression(): HttpPlugin {
  return {
    isRepeatable: true,
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

/** Whether an `Accept-Encoding` header accepts gzip (RFC 9110, section 12.5.3). */
export function acceptsGzip(header: string | null): boolean {
  const quality = new Map(
    (header ?? '').split(',').map((coding) => {
      const [name = '', q] = coding.toLowerCase().split(';');
      return [name.trim(), q === undefined ? 1 : Number(q.trim().replace(/^q=/, ''))];
    }),
  );
  return (quality.get('gzip') ?? quality.get('*') ?? 0) > 0;
}
