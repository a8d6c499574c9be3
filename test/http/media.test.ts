import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ServedFile } from '../../src/domains/media/serving.ts';
import { createTestServer } from './engine.ts';

const bytes = Buffer.from('0123456789');
const picture: ServedFile = { fileName: 'Grüße "1".png', mimeType: 'image/png', byteSize: 10, sha256: 'abc123' };

function serve(path: string, { file = picture, ...init }: RequestInit & { file?: ServedFile | null } = {}) {
  const opened: Readable[] = [];
  const media = {
    find: async (key: string) => (key === 'known-key' ? file : null),
    open: async (_: string, range = { start: 0, end: 9 }) => {
      const stream = Readable.from([bytes.subarray(range.start, range.end + 1)]);
      opened.push(stream);
      return { stream, size: bytes.byteLength };
    },
  };
  return createTestServer({ media }).fetch(`http://magpie.test${path}`, init);
}

describe('a file of the library', () => {
  it('is served as what it is, to be kept and never to be run', async () => {
    const response = await serve('/media/known-key');
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': '10',
      'content-disposition': `inline; filename="Gr__e _1_.png"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.png`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'public, max-age=31536000, immutable',
      etag: '"abc123"',
      'accept-ranges': 'bytes',
    });
    expect(await response.text()).toBe('0123456789');
  });

  it('is a download when browsers could do more than show it', async () => {
    const response = await serve('/media/known-key', {
      file: { ...picture, fileName: 'a.pdf', mimeType: 'application/pdf' },
    });
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="a.pdf"/);
  });

  it('is served in ranges', async () => {
    const response = await serve('/media/known-key', { headers: { range: 'bytes=2-4' } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe('bytes 2-4/10');
    expect(response.headers.get('content-length')).toBe('3');
    expect(await response.text()).toBe('234');
  });

  it.each([
    ['bytes=7-', 206, '789'],
    ['bytes=-2', 206, '89'],
    ['bytes=-99', 206, '0123456789'],
    ['bytes=8-99', 206, '89'],
    ['bytes=10-', 416, ''],
    ['bytes=-0', 416, ''],
    ['bytes=5-2', 200, '0123456789'],
    ['bytes=0-1,4-5', 200, '0123456789'],
    ['items=0-1', 200, '0123456789'],
  ])('answers the range %s with %i', async (range, status, text) => {
    const response = await serve('/media/known-key', { headers: { range } });
    expect(response.status).toBe(status);
    expect(await response.text()).toBe(text);
  });

  it('is served whole when the client’s part is of another file', async () => {
    const headers = { range: 'bytes=2-4', 'if-range': '"other"' };
    expect((await serve('/media/known-key', { headers })).status).toBe(200);
    expect((await serve('/media/known-key', { headers: { ...headers, 'if-range': '"abc123"' } })).status).toBe(206);
  });

  it('is not sent again to who has it', async () => {
    const response = await serve('/media/known-key', { headers: { 'if-none-match': '"abc123"' } });
    expect(response.status).toBe(304);
    expect(await response.text()).toBe('');
  });

  it('is described by HEAD', async () => {
    const response = await serve('/media/known-key', { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('10');
    expect(await response.text()).toBe('');
  });

  it.each(['/media/unknown-key', '/media/', '/media/a/b', '/media/..%2Fsecret'])('is not found: %s', async (path) => {
    expect((await serve(path)).status).toBe(404);
  });

  it('is not found when its bytes are gone', async () => {
    const media = { find: async () => picture, open: async () => null };
    expect((await createTestServer({ media }).fetch('http://magpie.test/media/known-key')).status).toBe(404);
  });
});
