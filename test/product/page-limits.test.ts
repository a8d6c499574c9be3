import { getOperationAST, parse } from 'graphql';
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
      `at most ${limits.maxEventCost} fields in each event of the subscription`,
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
    expect(json.errors[0].message).toContain(`at most ${limits.maxCost} fields in the result, but it may have ${cost}`);
  });
});
