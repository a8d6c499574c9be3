import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpPlugin } from './plugin.ts';

const compress = promisify(gzip);

/** Below, headers outweigh what compression saves. */
const minChars = 1_024;

/** Compresses answers for clients that take gzip, off the main thread. Parts of a stream go out as they are. */
export function useCompression(): HttpPlugin {
  return {
    async onResponse({ request, response, serverContext: { facts }, setResponse }) {
      const { json } = facts;
      if (json === null || response.status !== 200) return;
      if (json.length < minChars || !acceptsGzip(request.headers.get('accept-encoding'))) return;
      facts.body = await compress(json);
      const headers = new Headers(response.headers);
      headers.set('content-encoding', 'gzip');
      headers.set('content-length', String(facts.body.byteLength));
      setResponse(new Response(facts.body as Uint8Array<ArrayBuffer>, { status: 200, statusText: 'OK', headers }));
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
