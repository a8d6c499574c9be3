import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Json, type Product, startProduct } from './start.ts';

const templates = '{ templates(first: 3) { nodes { id title usageCount } } }';
const persisted = '{ workspace { name } }';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

let magpie: Product;
beforeAll(async () => {
  const documents = new Map([[hashOf(persisted), persisted]]);
  magpie = await startProduct({
    persistedOperations: { documents, isExclusive: false },
    limits: { maxRegisteredBytes: 20_000 },
  });
});

/** `given`: the token that is sent along, the owner's unless something else is said; null for none. */
async function get(
  query: string,
  { token = magpie.owner.token, ...headers }: { token?: string | null } & Record<string, string | null> = {},
) {
  const response = await fetch(`${magpie.url}?query=${encodeURIComponent(query)}`, {
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(headers as Record<string, string>) },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const renameFirst = async (title: string) => {
  const { json } = await magpie.ask(magpie.owner.token, '{ templates(first: 1) { nodes { id } } }');
  const [{ id }] = json.data.templates.nodes;
  const write = 'mutation ($i: UpdateTemplateInput!) { updateTemplate(input: $i) { userErrors { message } } }';
  const { json: done } = await magpie.ask(magpie.owner.token, write, { i: { id, title } });
  expect(done.data.updateTemplate.userErrors).toEqual([]);
};

/** Of a response, all headers but those that each has of its own. */
function lasting(headers: Headers) {
  const own = ['date', 'x-request-id', 'cache-status', 'content-length', 'transfer-encoding'];
  return Object.fromEntries([...headers].filter(([name]) => !own.includes(name)));
}

describe('a query by POST', () => {
  it('is answered the same when it was cold, warm and hot', async () => {
    magpie.engine.cache.clear();
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await magpie.ask(magpie.owner.token, templates));
    expect(answers.map(({ headers }) => headers.get('cache-status')!.replace(/ttl=\d+/, 'ttl'))).toEqual([
      'Magpie; fwd=miss; stored',
      'Magpie; hit; ttl',
      'Magpie; hit; ttl',
      'Magpie; hit; ttl',
    ]);
    for (const { text, headers } of answers) {
      expect(text).toBe(answers[0]!.text);
      expect(lasting(headers)).toEqual(lasting(answers[0]!.headers));
    }
    expect(new Set(answers.map(({ headers }) => headers.get('x-request-id'))).size).toBe(4);
  });
});

describe('a query by GET', () => {
  it('needs no header but the token, and is answered as by POST', async () => {
    const asked = await magpie.ask(magpie.owner.token, templates);
    const got = await get(templates);
    expect(got).toMatchObject({ status: 200, text: asked.text });
    expect(got.headers.get('cache-control')).toBe('private, no-cache');
    expect(got.headers.get('vary')).toContain('Authorization');
  });

  it('is not sent again to a client that has the answer', async () => {
    for (let i = 0; i < 3; i++) {
      const etag = (await get(templates)).headers.get('etag')!;
      const again = await get(templates, { 'if-none-match': etag });
      expect(again).toMatchObject({ status: 304, text: '' });
      expect(again.headers.get('etag')).toBe(etag);
      expect(again.headers.get('cache-control')).toBe('private, no-cache');
      expect((await get(templates, { 'if-none-match': `"other", ${etag}` })).status).toBe(304);
      expect((await get(templates, { 'if-match': '"other"' })).status).toBe(412);
    }
  });

  it('is sent again after a write', async () => {
    const before = await get(templates);
    await renameFirst('Known to all at once');
    const after = await get(templates, { 'if-none-match': before.headers.get('etag')! });
    expect(after.status).toBe(200);
    expect(after.text).toContain('Known to all at once');
  });

  it('is never “not modified” for another viewer, be the answer the same', async () => {
    const mine = await get(templates);
    const theirs = await get(templates, { token: magpie.colleague.token, 'if-none-match': mine.headers.get('etag')! });
    expect(theirs).toMatchObject({ status: 200, text: mine.text });
    expect(theirs.headers.get('etag')).not.toBe(mine.headers.get('etag'));
  });

  it.each([
    ['is not valid', '{ nothing }'],
    ['cannot be parsed', '{ templates'],
    ['fails', '{ posts(after: "forged") { nodes { id } } }'],
    ['fails in part', '{ workspace { name } posts(after: "forged") { nodes { id } } }'],
  ])('is never “not modified” when it %s, and is kept by nobody', async (_, query) => {
    const { etag } = Object.fromEntries((await get(templates)).headers);
    for (const tag of [etag!, '*']) {
      const answer = await get(query, { 'if-none-match': tag });
      expect(answer.status).not.toBe(304);
      expect(JSON.parse(answer.text).errors).toHaveLength(1);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('etag')).toBeNull();
    }
  });

  it('is refused with a token that was revoked, whatever it has', async () => {
    const { owner } = magpie;
    const create =
      'mutation { createApiToken(input: { name: "g", role: READER }) { token apiToken { id } userErrors { message } } }';
    const { token, apiToken } = (await magpie.ask(owner.token, create)).json.data.createApiToken;
    for (let i = 0; i < 3; i++) expect((await get(templates, { token })).status).toBe(200);
    const etag = (await get(templates, { token })).headers.get('etag')!;
    const revoke =
      'mutation ($i: RevokeApiTokenInput!) { revokeApiToken(input: $i) { revokedId userErrors { message } } }';
    await magpie.ask(owner.token, revoke, { i: { id: apiToken.id } });
    expect((await get(templates, { token })).status).toBe(401);
    const refused = await get(templates, { token, 'if-none-match': etag });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer /);
  });
});

describe('a mutation by GET', () => {
  it('is refused and does nothing', async () => {
    const refused = await get(
      'mutation { createTemplate(input: { title: "By GET", body: "x" }) { template { id } userErrors { message } } }',
    );
    expect(refused.status).toBe(405);
    expect(refused.headers.get('allow')).toBe('POST');
    expect((await get(templates)).text).not.toContain('By GET');
  });
});

describe('a mutation', () => {
  it('is answered as what nobody keeps', async () => {
    const write = 'mutation { updatePreferences(input: { theme: DARK }) { userErrors { message } } }';
    const { headers } = await magpie.ask(magpie.owner.token, write);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('cache-status')).toBe('Magpie; fwd=method');
  });
});

describe('an answer in parts', () => {
  it('brings first what is not deferred, then the rest, and together what one answer would', async () => {
    const query = '{ workspace { name } ... @defer { inboxSummary { openCount } posts(first: 2) { nodes { text } } } }';
    const response = await fetch(magpie.url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${magpie.owner.token}`,
        'content-type': 'application/json',
        accept: 'multipart/mixed',
      },
      body: JSON.stringify({ query }),
    });
    expect(response.headers.get('content-type')).toMatch(/^multipart\/mixed; ?boundary="-"/);
    const parts = (await response.text())
      .split(/\r\n---(?:--)?(?:\r\n|$)/)
      .map((part) => part.split('\r\n\r\n')[1])
      .filter((body) => body !== undefined && body !== '')
      .map((body) => JSON.parse(body!));
    const whole = await magpie.ask(magpie.owner.token, query.replace(' @defer', ''));
    const [first, ...rest] = parts;
    expect(first.data).toEqual({ workspace: whole.json.data.workspace });
    const deferred = rest.flatMap(({ incremental = [] }) => incremental.map(({ data }: { data: object }) => data));
    expect(Object.assign({}, first.data, ...deferred)).toEqual(whole.json.data);
    expect(parts.at(-1).hasNext).toBe(false);
  });
});

describe('an upload', () => {
  it('is found at its address, as what it is', async () => {
    const bytes = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const form = new FormData();
    const query =
      'mutation ($file: Upload!) { uploadMedia(input: { file: $file }) { mediaAsset { url mimeType byteSize } userErrors { message } } }';
    form.set('operations', JSON.stringify({ query, variables: { file: null } }));
    form.set('map', JSON.stringify({ 0: ['variables.file'] }));
    form.set('0', new File([bytes], 'pixel.png', { type: 'image/png' }));
    const headers = { authorization: `Bearer ${magpie.owner.token}`, 'x-requested-with': 'fetch' };
    const response = await fetch(magpie.url, { method: 'POST', headers, body: form });
    const { mediaAsset, userErrors } = ((await response.json()) as { data: Json }).data.uploadMedia;
    expect({ userErrors, mediaAsset }).toMatchObject({
      userErrors: [],
      mediaAsset: { mimeType: 'image/png', byteSize: bytes.byteLength },
    });
    const served = await fetch(new URL(mediaAsset.url, magpie.url));
    expect(served.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await served.arrayBuffer()).equals(bytes)).toBe(true);
  });
});

describe('a persisted operation', () => {
  it('is answered by its hash, by POST and GET, from the cache too', async () => {
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hashOf(persisted) } });
    const headers = { authorization: `Bearer ${magpie.owner.token}`, 'content-type': 'application/json' };
    const { json: expected } = await magpie.ask(magpie.owner.token, persisted);
    expect(expected.data.workspace.name).toBeTypeOf('string');
    for (let i = 0; i < 3; i++) {
      const body = `{"extensions":${extensions}}`;
      expect(await (await fetch(magpie.url, { method: 'POST', headers, body })).json()).toEqual(expected);
      const got = await fetch(`${magpie.url}?extensions=${encodeURIComponent(extensions)}`, { headers });
      expect(await got.json()).toEqual(expected);
    }
  });
});

describe('a query that a client registers', () => {
  const query = '{ settings { timeZone } }';
  const extensionsFor = (text: string) => ({ persistedQuery: { version: 1, sha256Hash: hashOf(text) } });
  const send = async (body: object) => {
    const headers = { authorization: `Bearer ${magpie.owner.token}`, 'content-type': 'application/json' };
    return (await fetch(magpie.url, { method: 'POST', headers, body: JSON.stringify(body) })).json() as Json;
  };
  const register = async (text: string) => await send({ query: text, extensions: extensionsFor(text) });

  it('is registered by each request that brings it, however often that was answered before', async () => {
    const { json: expected } = await magpie.ask(magpie.owner.token, query);
    for (let i = 0; i < 4; i++) expect(await register(query)).toEqual(expected);
    for (let i = 0; i < 3; i++) expect(await send({ extensions: extensionsFor(query) })).toEqual(expected);
    for (let i = 0; i < 60; i++) await register(`query Q${i} { workspace { name } }`);
    // A remembered answer needs no query; another request with the same hash does.
    const other = { extensions: extensionsFor(query), variables: {} };
    expect((await send(other)).errors[0].message).toBe('PersistedQueryNotFound');
    expect(await register(query)).toEqual(expected);
    expect(await send(other)).toEqual(expected);
  });

  it('is answered by GET from the cache, and anew after a write', async () => {
    const list = '{ templates(first: 1) { nodes { title } } }';
    await register(list);
    const url = `${magpie.url}?extensions=${encodeURIComponent(JSON.stringify(extensionsFor(list)))}`;
    const headers = { authorization: `Bearer ${magpie.owner.token}` };
    const title = async () => ((await (await fetch(url, { headers })).json()) as Json).data.templates.nodes[0].title;
    for (const wanted of ['Before', 'After']) {
      await renameFirst(wanted);
      for (let i = 0; i < 3; i++) expect(await title()).toBe(wanted);
    }
  });
});
