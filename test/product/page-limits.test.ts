import { getIntrospectionQuery, getOperationAST, parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { costOf } from '../../src/graphql/cost.ts';
import type { Magpie, Session } from './magpie.ts';
import { pages } from './pages.ts';
import { Random } from './random.ts';
import { productSchema as schema } from './schema.ts';
import type { Stock } from './stock.ts';
import { startStocked } from './stocked.ts';

const { limits } = readConfig({});

describe('within the limits that the server has by default', () => {
  let magpie: Magpie;
  let owner: Session;
  let stock: Stock;
  beforeAll(async () => {
    ({ magpie, owner, stock } = await startStocked());
  });

  it.each(Object.entries(pages))('a client asks for its page at once: %s', async (_, make) => {
    const { document, variables } = make(new Random(1), stock);
    const { status, json } = await magpie.ask(owner.token, document, variables);
    expect([status, json.errors]).toEqual([200, undefined]);
  });

  it('the subscriptions of a workspace get no more of one change than a query may ask for', () => {
    expect(limits.maxSubscriptionsPerWorkspace * limits.maxEventCost).toBeLessThanOrEqual(limits.maxCost);
  });

  it('a client follows a conversation with its messages, but not with ninety times all of them', async () => {
    const messages = 'messages(first: 50) { nodes { id text direction createdAt author { id name } } }';
    const subscriptionTo = (fields: string) =>
      fetch(magpie.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          authorization: `Bearer ${owner.token}`,
        },
        body: JSON.stringify({ query: `subscription { conversationUpdated { id ${fields} } }` }),
      });
    const all = Array.from({ length: 90 }, (_, n) => `a${n}: ${messages}`).join(' ');
    expect(await (await subscriptionTo(all)).text()).toContain(
      `at most ${limits.maxEventCost} fields for each event of the subscription`,
    );
    const { status, body } = await subscriptionTo(messages);
    expect(status).toBe(200);
    await body!.cancel();
  });

  it('a client does not ask for all that a calendar of a hundred days may have', async () => {
    const document = `{ calendar(range: { between: { from: "2026-09-01", to: "2026-12-09" } }) {
      days { entries { ... on Post { id text targets { id account { id } } media { id url } } } } } }`;
    const { cost } = costOf(schema, parse(document), { operation: getOperationAST(parse(document))!, variables: {} });
    expect(cost).toBeGreaterThan(limits.maxCost);
    const { json } = await magpie.ask(owner.token, document);
    expect(json.errors[0].extensions.code).toBe('QUERY_TOO_LARGE');
    expect(json.errors[0].message).toContain(
      `a cost of at most ${limits.maxCost} fields for the result, but got up to ${cost}`,
    );
  });

  const aliases = (count: number, field: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => `${String(i).padStart(128, '_')}: ${field(i)}`).join(' ');
  const day = (i: number) => new Date(Date.UTC(2025, 0, 1 + i)).toISOString().slice(0, 10);
  const range = (i: number, days: number) => `range: { between: { from: "${day(i)}", to: "${day(i + days - 1)}" } }`;

  it.each([
    [
      'the first days of many reports',
      `{ campaigns(first: 100) { nodes { ${aliases(20, (i) => `analytics(${range(i, 400)}) { from }`)} } } }`,
    ],
    ['the first days of many calendars', `{ ${aliases(40, (i) => `calendar(${range(i, 100)}) { from }`)} }`],
    [
      'the lengths of one post again and again',
      `{ nodes(ids: [${'"post_1", '.repeat(100)}]) { ... on Post { ${aliases(90, () => 'lengths { length }')} } } }`,
    ],
    [
      'rankings',
      `{ campaigns(first: 100) { nodes { ${aliases(20, (i) => `analytics { topPosts(limit: ${i + 1}) { value } }`)} } } }`,
    ],
    [
      'a part of the response for each of many fragments of each post',
      `{ posts(first: 100) { nodes { ${'...@defer { __typename } '.repeat(370)} } } }`,
    ],
  ])('a client does not ask for much work and a small result: %s', async (_, document) => {
    const { json } = await magpie.ask(owner.token, document);
    expect(json.errors[0].extensions.code).toBe('QUERY_TOO_LARGE');
    expect(json.errors[0].message).toContain('expected a cost of at most 150000 fields');
  });

  it('anybody reads the whole schema', async () => {
    const document = getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, schemaDescription: true });
    expect((await magpie.ask('', document)).json.errors).toBeUndefined();
  });

  it.each([
    ['long names', (i: number) => `${String(i).padStart(128, '_')}: name`],
    ['descriptions', (i: number) => `d${i}: description`],
  ])('nobody reads the schema again and again without a token: %s', async (_, field) => {
    const document = `{ __schema { types { fields { ${Array.from({ length: 60 }, (_, i) => field(i)).join(' ')} } } } }`;
    const { json } = await magpie.ask('', document);
    expect(json.errors[0].message).toContain('expected a cost of at most 50000 fields');
  });
});
