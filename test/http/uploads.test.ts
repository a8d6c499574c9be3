import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readUpload } from '../../src/http/multipart.ts';
import { createTestServer, limits } from './engine.ts';
import { createLiveServer } from './live.ts';

let uploadFolder: string;
beforeEach(async () => {
  uploadFolder = await mkdtemp(join(tmpdir(), 'uploads-'));
});
afterEach(async () => {
  expect(await openFiles()).toEqual([]);
  await rm(uploadFolder, { recursive: true });
});

/** Files of the folder that this process has open, named or not. */
async function openFiles(): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd').catch(() => []);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return [...targets.filter((target) => target.startsWith(uploadFolder)), ...(await readdir(uploadFolder))];
}

const query = 'mutation ($file: Upload!) { upload(file: $file) }';
const operations = JSON.stringify({ query, variables: { file: null } });
const map = '{"0":["variables.file"]}';

/** A body from lines; each ends with CRLF. */
const lines = (...text: string[]) => text.map((line) => `${line}\r\n`).join('');

/** The usual body, around one part. */
const around = (file: string) =>
  lines(
    ...['--b', 'Content-Disposition: form-data; name="operations"', '', operations],
    ...['--b', 'Content-Disposition: form-data; name="map"', '', map],
  ) + file;

const filePart = (content = 'content', disposition = 'form-data; name="0"; filename="a.txt"') =>
  lines('--b', `Content-Disposition: ${disposition}`, 'Content-Type: text/plain', '', content);

const end = lines('--b--');

async function send(body: BodyInit, contentType = 'multipart/form-data; boundary=b', options = {}) {
  const { fetch } = createTestServer({ uploadFolder, ...options });
  const response = await fetch('http://magpie.test/graphql', {
    method: 'POST',
    headers: {
      'content-type': contentType,
      'x-requested-with': 'test',
      accept: 'application/graphql-response+json',
    },
    body,
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  } as RequestInit);
  const answer = (await response.json()) as { data?: { upload: string }; errors?: { message: string }[] };
  return { status: response.status, upload: answer.data?.upload, message: answer.errors?.[0]?.message, ...answer };
}

describe('an upload', () => {
  it.each([
    ['as browsers write it', around(filePart()) + end],
    ['with parameters that are not quoted', around(filePart('content', 'form-data; name=0; filename=a.txt')) + end],
    [
      'with filename and filename*',
      around(filePart('content', `form-data; name="0"; filename="a.txt"; filename*=UTF-8''%61.txt`)) + end,
    ],
    [
      'with the parameters in another order',
      around(filePart('content', 'form-data; filename="a.txt"; name="0"')) + end,
    ],
    ['with a preamble', `This is a multipart message.\r\n\r\n${around(filePart())}${end}`],
    ['with an epilogue', `${around(filePart())}${end}\r\nThis is the end.\r\n--b\r\n`],
    ['without a line break at the end', `${around(filePart())}--b--`],
    ['with headers in lower case', (around(filePart()) + end).replaceAll('Content-Disposition', 'content-disposition')],
    [
      'with other headers in each part',
      (around(filePart()) + end).replaceAll('--b\r\n', '--b\r\nContent-Transfer-Encoding: binary\r\nX-Other: 1\r\n'),
    ],
    [
      'with operations as a file of its own type',
      (around(filePart()) + end).replace(
        'name="operations"',
        'name="operations"; filename="operations.json"\r\nContent-Type: application/json; charset=utf-8',
      ),
    ],
    [
      'with a name in quotes within quotes',
      around(filePart('content', 'form-data; name="0"; filename="C:\\\\d\\\\a.txt"')) + end,
    ],
    [
      'with a part that nobody asks for',
      around(filePart() + filePart('other', 'form-data; name="9"; filename="z"')) + end,
    ],
    ['with the file twice', around(filePart() + filePart('again')) + end],
    ['with each field twice', around(around(filePart())) + end],
    ['with the file first', filePart() + around('') + end],
  ])('is read %s', async (_, body) => {
    expect(await send(body)).toMatchObject({ status: 200, upload: 'a.txt: content' });
  });

  it('is read as .NET writes it by default', async () => {
    const boundary = 'e8a4c1d2-0b1c-4f0e-9d3a-5b6c7d8e9f00';
    const part = (name: string, type: string, text: string) =>
      lines(`--${boundary}`, `Content-Type: ${type}`, `Content-Disposition: form-data; ${name}`, '', text);
    const body =
      part('name=operations', 'text/plain; charset=utf-8', operations) +
      part('name=map', 'text/plain; charset=utf-8', map) +
      part(`name=0; filename=a.txt; filename*=utf-8''a.txt`, 'application/octet-stream', `x --${boundary} y`);
    const answer = await send(`${body}--${boundary}--\r\n`, `multipart/form-data; boundary="${boundary}"`);
    expect(answer).toMatchObject({ status: 200, upload: `a.txt: x --${boundary} y` });
  });

  it.each([
    ['the boundary within a line', 'before --b after'],
    ['two dashes and what begins like it', '\r\n--a\r\n-b\r\n--\r\n- -b'],
    ['the boundary after a line feed alone', 'x\n--b\ny'],
    ['empty lines at its ends', '\r\n\r\nx\r\n\r\n'],
    ['what looks like a header', 'Content-Disposition: form-data; name="map"\r\n\r\n{}'],
    ['nothing', ''],
  ])('keeps a file that holds %s', async (_, content) => {
    expect(await send(around(filePart(content)) + end)).toMatchObject({ status: 200, upload: `a.txt: ${content}` });
  });

  it.each([
    ['Grüße 🐦.txt', 'form-data; name="0"; filename="Grüße 🐦.txt"'],
    ['Grüße.txt', `form-data; name=0; filename="=?utf-8?B?R3LDvMOfZS50eHQ=?="; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt`],
    ['a"b.txt', 'form-data; name="0"; filename="a%22b.txt"'],
    ['a"b.txt', 'form-data; name="0"; filename="a\\"b.txt"'],
    ['a;b.txt', 'form-data; name="0"; filename="a;b.txt"'],
    ['', 'form-data; name="0"'],
  ])('names a file %s', async (name, disposition) => {
    expect(await send(around(filePart('x', disposition)) + end)).toMatchObject({ upload: `${name}: x` });
  });

  it.each([`'()+_,-./:=?`, 'a b', '-'.repeat(26), '0'.repeat(70)])('may have the boundary %j', async (boundary) => {
    const body = (around(filePart()) + end).replaceAll('--b', `--${boundary}`);
    const answer = await send(body, `multipart/form-data; boundary="${boundary}"`);
    expect(answer).toMatchObject({ status: 200, upload: 'a.txt: content' });
  });

  it('is the same in whatever pieces it comes', async () => {
    const bytes = Buffer.from(`preamble\r\n${around(filePart('\r\n--a\r\nx\r\n--'))}${end}epilogue`);
    for (const size of [1, 2, 3, 7]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const answer = await send(Readable.toWeb(Readable.from(pieces)) as ReadableStream);
      expect(answer).toMatchObject({ status: 200, upload: 'a.txt: \r\n--a\r\nx\r\n--' });
    }
  });

  it('brings every byte of a large file', async () => {
    const bytes = Buffer.alloc(5 * 1024 * 1024);
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7_919) >> 3;
    const form = new FormData();
    form.set('operations', operations);
    form.set('map', map);
    form.set('0', new File([bytes], 'large'));
    const response = new Response(form);
    const upload = await readUpload(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), {
      ...{ contentType: response.headers.get('content-type')!, folder: uploadFolder },
      ...{ maxBodyBytes: limits.maxBodyBytes, maxUploadBytes: limits.maxUploadBytes },
    });
    const { file } = upload.parameters.variables as { file: File };
    expect(file.size).toBe(bytes.length);
    const hash = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
    expect(hash(new Uint8Array(await file.arrayBuffer()))).toBe(hash(bytes));
    await upload.close();
  });
});

describe('an upload that is refused', () => {
  const form = (given: object, places: object, content: File | null = new File(['x'], 'a.txt')) => {
    const body = new FormData();
    body.set('operations', JSON.stringify(given));
    body.set('map', JSON.stringify(places));
    if (content) body.set('0', content);
    return body;
  };
  const variables = { file: null, text: 'x' };

  it.each([
    ['for the query', { 0: ['query'] }],
    ['where something is already', { 0: ['variables.text'] }],
    ['in a prototype', { 0: ['variables.__proto__.file'] }],
    ['nowhere', { 0: ['variables.other'] }],
    ['where nobody sends it', { 1: ['variables.file'] }],
    ['in one place that is no list', { 0: 'variables.file' }],
    ['eleven times', Object.fromEntries(Array.from({ length: 11 }, (_, i) => [i, []]))],
  ])('has a map that puts a file %s', async (_, places) => {
    const response = createTestServer({ uploadFolder }).fetch('http://magpie.test/graphql', {
      method: 'POST',
      headers: { 'x-requested-with': 'test', accept: 'application/graphql-response+json' },
      body: form({ query, variables }, places),
    });
    expect((await response).status).toBe(400);
    expect(await (await response).json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  it.each([
    ['no boundary', 'multipart/form-data', around(filePart()) + end, /a boundary in the content-type/],
    ['no end', undefined, around(filePart()), /up to the closing boundary/],
    [
      'an end within the headers',
      undefined,
      around('--b\r\nContent-Disposition: form-data; na'),
      /up to the closing boundary/,
    ],
    ['nothing', undefined, '', /up to the closing boundary/],
    ['no part', undefined, end, /`operations`/],
    ['no map', undefined, around(filePart()).replace('"map"', '"other"') + end, /`map`/],
    [
      'operations in Latin-1',
      undefined,
      new Blob([
        Buffer.from((around(filePart()) + end).replace('"variables"', '"x": "caf\xe9", "variables"'), 'latin1'),
      ]),
      /expected UTF-8 in the field `operations`/,
    ],
    [
      'half a surrogate pair in UTF-8',
      undefined,
      new Blob([
        Buffer.from((around(filePart()) + end).replace('"variables"', '"x": "\xed\xa0\x80", "variables"'), 'latin1'),
      ]),
      /expected UTF-8 in the field `operations`/,
    ],
    ['a batch', undefined, around(filePart()).replace(operations, '[]') + end, /`operations`/],
    ['operations that are no JSON', undefined, around(filePart()).replace(operations, '{') + end, /`operations`/],
    [
      'eleven files',
      undefined,
      around(filePart('x', 'form-data; name="0"; filename="a"').repeat(11)) + end,
      /at most 10 files/,
    ],
    ['parts without a name', undefined, around(lines('--b', 'X: y', '', 'x').repeat(11)) + end, /at most 10 files/],
  ])('has %s', async (_, contentType, body, message) => {
    const answer = await send(body, contentType);
    expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(answer.message).toMatch(message);
  });

  it.each([
    ['a field', around(filePart()).replace(operations, operations + ' '.repeat(5_000)) + end, /at most 4000 bytes/],
    ['a file', around(filePart('x'.repeat(20_000))) + end, /at most 16000 bytes/],
    ['a preamble', `${'x'.repeat(20_000)}\r\n${around(filePart())}${end}`, /at most 16000 bytes/],
    ['an epilogue', around(filePart()) + end + 'x'.repeat(20_000), /at most 16000 bytes/],
  ])('has %s that is too large', async (_, body, message) => {
    const small = { limits: { ...limits, maxBodyBytes: 4_000, maxUploadBytes: 16_000 } };
    for (const sent of [body, new Blob([body]).stream()]) {
      const answer = await send(sent, undefined, small);
      expect(answer).toMatchObject({ status: 413, errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] });
      expect(answer.message).toMatch(message);
    }
  });

  it('is not parsed beyond the limit that it passes', async () => {
    const part = Buffer.from(filePart('x', 'form-data; name="0"; filename="a"'));
    let read = 0;
    /** A piece that counts who looks at it. */
    const piece = () => Object.defineProperty(Buffer.from(part), 'byteLength', { get: () => ++read && part.length });
    const parts = Readable.from(
      (function* () {
        yield Buffer.from(around(''));
        for (let i = 0; i < 32_000; i++) yield piece();
      })(),
    );
    await expect(
      readUpload(parts, {
        ...{ contentType: 'multipart/form-data; boundary=b', folder: uploadFolder },
        ...{ maxBodyBytes: 1_000_000, maxUploadBytes: 11_000_000 },
      }),
    ).rejects.toThrow('at most 10 files');
    expect(read).toBe(11);
  });
});

describe('a client that uploads', () => {
  const head = (length: number) =>
    lines(
      ...['POST /graphql HTTP/1.1', 'host: x', 'x-requested-with: test', `content-length: ${length}`],
      ...['content-type: multipart/form-data; boundary=b', ''],
    );

  it('leaves no file with a name behind, also not while it sends', async () => {
    const { url, lines: logged } = await createLiveServer({ uploadFolder });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(head(1_000_000) + around(filePart('x'.repeat(100_000))));
    await vi.waitFor(async () => expect((await openFiles()).join()).toContain('(deleted)'));
    expect(await readdir(uploadFolder)).toEqual([]);
    socket.destroy();
    await vi.waitFor(async () => expect(await openFiles()).toEqual([]));
    expect(JSON.stringify(logged)).not.toContain('unexpected error');
  });

  it('may take longer for all of it than it may be silent', async () => {
    const { url } = await createLiveServer({ uploadFolder }, { silenceMs: 1_000 });
    const body = around(filePart('x'.repeat(1_500))) + end;
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (bytes) => (answer += bytes));
    socket.write(head(body.length));
    const size = Math.ceil(body.length / 30);
    let at = 0;
    const beat = setInterval(() => {
      socket.write(body.slice(at, at + size));
      at += size;
      if (at >= body.length) clearInterval(beat);
    }, 50); // 1.5 s in all
    await vi.waitFor(() => expect(answer).toContain('a.txt: xxx'), { timeout: 30_000 });
    socket.destroy();
  });

  it.each(['multipart/form-data; boundary=b', 'application/json'])('is cut off when it is silent: %s', async (type) => {
    const { url, lines: logged } = await createLiveServer({ uploadFolder }, { silenceMs: 50 });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (bytes) => (answer += bytes));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(head(1_000).replace('multipart/form-data; boundary=b', type) + around(filePart()).slice(0, 20));
    await closed;
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(JSON.stringify(logged)).not.toContain('unexpected error');
  });

  it('may wait for its answer in silence', async () => {
    const { url, engine } = await createLiveServer({}, { silenceMs: 50 });
    const waiting = fetch(`${url}/graphql?query={wait}`);
    await engine.reached.opened;
    const other = connect(Number(new URL(url).port), '127.0.0.1');
    await new Promise((resolve) => other.once('close', resolve)); // another connection, on which nothing is asked
    engine.waiting.open();
    expect(await (await waiting).json()).toEqual({ data: { wait: 'waited' } });
  });
});
