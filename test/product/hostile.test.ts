import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { type Magpie, type Session, signInAs, startMagpie } from './magpie.ts';

let magpie: Magpie;
let owner: Session;
beforeAll(async () => {
  const database = await createTestDatabase('postgres', { template: 'seeded' });
  magpie = await startMagpie(database);
  owner = await signInAs(database, 'OWNER');
});

afterEach(async () => {
  // Whatever it was, the server goes on.
  const { json } = await magpie.ask(owner.token, '{ workspace { id } }');
  expect(json).toEqual({ data: { workspace: { id: owner.workspaceId } } });
});

async function send(init: RequestInit & { search?: string; token?: string | null } = {}) {
  const { search = '', token = owner.token, headers, ...rest } = init;
  const response = await fetch(`${magpie.url}${search}`, {
    method: 'POST',
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...headers,
    },
    ...rest,
  });
  const { data, errors } = await response.json();
  return { status: response.status, data, errors, code: errors?.[0]?.extensions?.code };
}

const countTemplates = async () =>
  (await magpie.ask(owner.token, '{ templates { totalCount } }')).json.data.templates.totalCount;
const create = 'mutation { createTemplate(input: { title: "forged", body: "x" }) { template { id } } }';

describe('an operation that is too large', () => {
  const deep = (levels: number) =>
    `{ campaigns { nodes ${'{ posts { nodes { campaign '.repeat(levels / 3)}{ id }${' } } }'.repeat(levels / 3)} } }`;

  it.each([
    ['30 levels deep', deep(30)],
    ['of 2,000 aliases', `{ ${Array.from({ length: 2_000 }, (_, i) => `a${i}: workspace { id }`).join(' ')} }`],
    ['of 200 aliases', `{ workspace { ${Array.from({ length: 200 }, (_, i) => `a${i}: id`).join(' ')} } }`],
    ['of 60,000 tokens', `{ ${'workspace { id } '.repeat(15_000)} }`],
    [
      'of full pages within full pages',
      '{ campaigns(first: 100) { nodes { posts(first: 100) { nodes { id text media { id url } } } } } }',
    ],
  ])('is refused: %s', async (_, query) => {
    expect(await send({ body: JSON.stringify({ query }) })).toMatchObject({
      ...{ status: 400, code: 'QUERY_TOO_LARGE', data: undefined },
    });
  });
});

describe('a body that is not what it should be', () => {
  it.each([
    ['of 20 MB', JSON.stringify({ query: `{ workspace { id } } # ${'x'.repeat(20_000_000)}` }), 413],
    ['cut off', '{"query": "{ workspace { id } }', 400],
    [
      'with a NUL in a variable',
      '{"query": "query ($i: ID!) { post(id: $i) { id } }", "variables": {"i": "post_\\u0000"}}',
      400,
    ],
    [
      'with a NUL in a literal',
      JSON.stringify({ query: '{ posts(filter: { search: "\\u0000" }) { totalCount } }' }),
      400,
    ],
    [
      'with a NUL in a block',
      JSON.stringify({ query: '{ posts(filter: { search: """a\0b""" }) { totalCount } }' }),
      400,
    ],
    [
      'nested ninety deep',
      `{"query": "{ workspace { id } }", "variables": {"a": ${'['.repeat(90)}${']'.repeat(90)}}}`,
      200,
    ],
    [
      'nested 300,000 deep',
      `{"query": "{ workspace { id } }", "variables": {"a": ${'['.repeat(300_000)}${']'.repeat(300_000)}}}`,
      400,
    ],
  ])('is answered as what it is: %s', async (_, body, status) => {
    const answer = await send({ body });
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.errors ?? null)).not.toContain('INTERNAL');
  });
});

describe('a mutation that another site could send', () => {
  it.each([
    ['by GET', { method: 'GET', search: `?query=${encodeURIComponent(create)}`, headers: {} }, 405],
    [
      'as a form',
      {
        body: `query=${encodeURIComponent(create)}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      415,
    ],
    ['as text', { body: JSON.stringify({ query: create }), headers: { 'content-type': 'text/plain' } }, 415],
    [
      'as parts without a header that forms cannot have',
      {
        body: `--b\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: create })}\r\n--b\r\ncontent-disposition: form-data; name="map"\r\n\r\n{}\r\n--b--\r\n`,
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      },
      403,
    ],
  ])('is refused and does nothing: %s', async (_, request, status) => {
    const before = await countTemplates();
    expect((await send(request as RequestInit)).status).toBe(status);
    expect(await countTemplates()).toBe(before);
  });
});

describe('variables that are wrong in 20,000 places', () => {
  it.each<[string, string, unknown]>([
    ['objects for ids', 'query ($v: [ID!]!) { nodes(ids: $v) { id } }', {}],
    [
      'statuses that do not exist',
      'query ($v: [PostStatus!]) { posts(filter: { status: $v }) { totalCount } }',
      'NONE',
    ],
    [
      'unknown fields',
      'mutation ($v: [MetricValueInput!]!) { recordMetrics(input: { accountId: "1", date: "2026-11-01", values: $v }) { recorded } }',
      { metrik: 1 },
    ],
  ])('are told in 50 errors, and no more are looked for: %s', async (_, query, item) => {
    const variables = { v: Array.from({ length: 20_000 }, () => item) };
    const { errors, data } = await send({ token: null, body: JSON.stringify({ query, variables }) });
    expect(data).toBeUndefined();
    expect(errors).toHaveLength(51);
    expect(errors[0].message).toMatch(/^Variable "\$v" got an invalid value/);
    expect(errors[50].message).toContain('more than 50 errors');
  });
});

describe('who is nobody', () => {
  it.each(['wrong', 'mgp_0000000000000000000000000000000000000000000', "' or 1=1 --", '%00'])(
    'is refused with the token %j',
    async (token) => {
      expect(await send({ token, body: JSON.stringify({ query: create }) })).toMatchObject({
        ...{ status: 401, code: 'UNAUTHENTICATED', data: undefined },
      });
    },
  );

  it('is told to sign in by every root field but those for everybody', async () => {
    const before = await countTemplates();
    const query =
      '{ workspace { id } viewer { email } posts { totalCount } cacheStats { hits } nodes(ids: []) { id } }';
    const read = await send({ token: null, body: JSON.stringify({ query }) });
    expect(read.status).toBeLessThan(500);
    expect(read.data ?? null).toBeNull();
    for (const { extensions } of read.errors) expect(extensions.code).toBe('UNAUTHENTICATED');
    const nullable = await send({
      token: null,
      body: JSON.stringify({ query: '{ workspace { id } posts { totalCount } }' }),
    });
    expect(nullable).toMatchObject({ data: { workspace: null, posts: null }, code: 'UNAUTHENTICATED' });
    expect(await send({ token: null, body: JSON.stringify({ query: create }) })).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(await countTemplates()).toBe(before);
  });
});

const post = 'query ($v: ID!) { post(id: $v) { id } }';
const node = 'query ($v: ID!) { node(id: $v) { id } }';
const page = 'query ($v: Int) { posts(first: $v) { nodes { id } } }';
const after = 'query ($v: String) { posts(after: $v) { nodes { id } } }';
const search = 'query ($v: String) { posts(filter: { search: $v }) { totalCount } }';
const calendar = 'query ($v: DateRangeInput!) { calendar(range: $v) { from days { date entryCount } } }';
const analytics =
  'query ($v: DateRangeInput) { analytics(range: $v) { summary { metric value previousValue } series(metrics: [VIEWS]) { points { date } } topPosts { value } } }';
const note =
  'mutation ($v: CreateCalendarNoteInput!) { createCalendarNote(input: $v) { calendarNote { date text } userErrors { code } } }';
const schedule = 'mutation ($v: SchedulePostInput!) { schedulePost(input: $v) { userErrors { code } } }';
const between = (from: string, to: string) => ({ between: { from, to } });
const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a value that nobody would send', () => {
  /** Codes, of the errors and of the user errors of a mutation; none when it is taken as it is. */
  it.each<[string, string, unknown, string | null]>([
    ['an id that is no id', post, '__proto__', null],
    ['an id that is a lone surrogate', node, '\ud800', 'BAD_USER_INPUT'],
    ['an id with half a character', post, 'post_\ud800', 'BAD_USER_INPUT'],
    ['an id that is SQL', post, "post_' or '1'='1", null],
    ['an id that is very long', post, `post_${'A'.repeat(100_000)}`, 'BAD_USER_INPUT'],
    ['an id that is a fraction', post, 1.5, 'BAD_USER_INPUT'],
    ['an id that is an object', post, { a: 1 }, 'BAD_USER_INPUT'],
    ['no id', post, null, 'BAD_USER_INPUT'],
    ['a page of none', page, 0, null],
    ['a page of less than none', page, -1, 'BAD_USER_INPUT'],
    ['a page of a thousand million', page, 1e9, 'BAD_USER_INPUT'],
    ['a page as large as there are', page, 100, null],
    ['a page that is larger', page, 101, 'BAD_USER_INPUT'],
    ['a page beyond integers', page, 1e10, 'BAD_USER_INPUT'],
    ['a page of null', page, null, null],
    ['a cursor that is none', after, 'x', 'BAD_USER_INPUT'],
    ['an empty cursor', after, '', 'BAD_USER_INPUT'],
    ['a cursor of another shape', after, cursorOf({ a: 1 }), 'BAD_USER_INPUT'],
    ['a cursor of other values', after, cursorOf(['2026', 'x']), 'BAD_USER_INPUT'],
    ['a cursor with half a character', after, '\ud800', 'BAD_USER_INPUT'],
    ['a search for half a character', search, '\ud800', 'BAD_USER_INPUT'],
    ['a search for wildcards', search, '%_\\', null],
    ['a search for a novel', search, 'x'.repeat(100_000), 'BAD_USER_INPUT'],
    ['a day that is none', calendar, between('0000-00-00', '0000-00-01'), 'BAD_USER_INPUT'],
    ['the last day of all', calendar, between('9999-12-30', '9999-12-31'), 'BAD_USER_INPUT'],
    ['the first day of all', analytics, between('0001-01-01', '0001-01-02'), 'BAD_USER_INPUT'],
    ['the last days that are taken', calendar, between('2999-12-01', '2999-12-31'), null],
    ['the first days that are taken', calendar, between('1900-01-01', '1900-01-31'), null],
    ['a report of the last days', analytics, between('2999-12-01', '2999-12-31'), null],
    ['a report of the first days', analytics, between('1900-01-01', '1900-01-31'), null],
    ['the 30th of February', calendar, between('2026-02-01', '2026-02-30'), 'BAD_USER_INPUT'],
    ['a range that ends before it begins', calendar, between('2026-12-30', '2026-12-01'), 'BAD_USER_INPUT'],
    ['a range of a thousand years', calendar, between('1900-01-01', '2899-12-31'), 'BAD_USER_INPUT'],
    ['a range of nothing', calendar, {}, 'BAD_USER_INPUT'],
    ['a range of both kinds', calendar, { preset: 'TODAY', ...between('2026-11-01', '2026-11-02') }, 'BAD_USER_INPUT'],
    ['a note in the year 0', note, { date: '0000-01-01', text: 'x' }, 'BAD_USER_INPUT'],
    ['a note of half a character', note, { date: '2026-11-12', text: 'x\ud800y' }, 'BAD_USER_INPUT'],
    ['a time beyond calendars', schedule, { id: 'post_1', at: '275760-09-13T00:00:00Z' }, 'BAD_USER_INPUT'],
    ['a time before year 0', schedule, { id: 'post_1', at: '0000-01-01T00:00:00+14:00' }, 'BAD_USER_INPUT'],
    ['a time of number', schedule, { id: 'post_1', at: 1e300 }, 'BAD_USER_INPUT'],
    [
      'a field named __proto__',
      note,
      JSON.parse('{"date":"2026-11-12","text":"x","__proto__":{"a":1}}'),
      'BAD_USER_INPUT',
    ],
    [
      'a file that is a text',
      'mutation ($v: UploadMediaInput!) { uploadMedia(input: $v) { userErrors { code } } }',
      { file: 'x' },
      'BAD_USER_INPUT',
    ],
    [
      'a metric of 1e308',
      'mutation ($v: RecordMetricsInput!) { recordMetrics(input: $v) { userErrors { code } } }',
      { accountId: 'acc_1', date: '2026-11-01', values: [{ metric: 'VIEWS', value: 1e308 }] },
      'INVALID',
    ],
    [
      'a hundred and one nodes',
      'query ($v: [ID!]!) { nodes(ids: $v) { id } }',
      Array.from({ length: 101 }, (_, i) => `post_${i}`),
      'BAD_USER_INPUT',
    ],
  ])('is taken or refused, and never unexpected: %s', async (_, query, v, code) => {
    for (let i = 0; i < 2; i++) {
      const { status, data, errors } = await send({ body: JSON.stringify({ query, variables: { v } }) });
      const userErrors = Object.values<{ userErrors?: { code: string }[] } | null>(data ?? {}).flatMap(
        (payload) => payload?.userErrors ?? [],
      );
      const codes = [
        ...(errors ?? []).map((error: { extensions: { code: string } }) => error.extensions.code),
        ...userErrors.map((one) => one.code),
      ];
      expect(status).toBeLessThan(500);
      expect([...new Set(codes)]).toEqual(code === null ? [] : [code]);
    }
  });

  it('does not make two idempotency keys one', async () => {
    const write =
      'mutation ($v: CreateTemplateInput!) { createTemplate(input: $v) { template { id } userErrors { code } } }';
    const tried = async (idempotencyKey: string) =>
      await send({
        body: JSON.stringify({ query: write, variables: { v: { title: 'T', body: 'x', idempotencyKey } } }),
      });
    const before = await countTemplates();
    for (const [key, found] of [
      ['key-\ud800', 'half a surrogate pair (U+D800) at offset 4'],
      ['key-\udfff', 'half a surrogate pair (U+DFFF) at offset 4'],
      ['key-\0', 'a NUL character (U+0000) at offset 4'],
    ] as const)
      expect((await tried(key)).errors).toMatchObject([
        {
          message: `CreateTemplateInput.idempotencyKey: expected Unicode characters other than NUL, but got ${found} in $v.idempotencyKey.`,
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ]);
    expect((await tried('key-\ufffd')).data.createTemplate).toMatchObject({ userErrors: [] });
    expect(await countTemplates()).toBe(before + 1);
  });

  it('is the same to who reads it as to who wrote it', async () => {
    const write =
      'mutation ($v: CreateTemplateInput!) { createTemplate(input: $v) { template { id title body hashtags } } }';
    const input = { title: 'half \ufffd', body: '__proto__ \u2028 \ufeff 👩‍👩‍👧', hashtags: ['\ufffd'] };
    const { template } = (await magpie.ask(owner.token, write, { v: input })).json.data.createTemplate;
    const read = 'query ($v: ID!) { template(id: $v) { id title body hashtags } }';
    for (let i = 0; i < 3; i++) {
      const { json } = await magpie.ask(owner.token, read, { v: template.id });
      expect(json.data.template).toEqual(template);
    }
  });
});
