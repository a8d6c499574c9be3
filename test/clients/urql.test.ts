import { type AnyVariables, Client, cacheExchange, fetchExchange, gql } from '@urql/core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Json, type Product, startProduct } from './start.ts';

const templatesQuery = gql`
  query Templates { templates(first: 2) { nodes { id title author { id name } } pageInfo { hasNextPage } } }
`;
const createTemplate = gql`
  mutation Create($input: CreateTemplateInput!) {
    createTemplate(input: $input) { template { id title } userErrors { message } }
  }
`;

let magpie: Product;
let client: Client;
let sent: number;
beforeAll(async () => {
  magpie = await startProduct();
});
beforeEach(() => {
  sent = 0;
  client = createClient();
});

function createClient(options: { preferGetMethod?: boolean } = {}) {
  return new Client({
    url: magpie.url,
    exchanges: [cacheExchange, fetchExchange],
    fetchOptions: { headers: { authorization: `Bearer ${magpie.owner.token}` } },
    fetchSubscriptions: true,
    preferGetMethod: false,
    fetch: (...request) => {
      sent++;
      return fetch(...request);
    },
    ...options,
  });
}

const titles = ({ data }: { data?: Json }): string[] =>
  data.templates.nodes.map(({ title }: { title: string }) => title);

describe('an urql client with a document cache', () => {
  it('asks once, and answers again from what it has', async () => {
    const first = await client.query(templatesQuery, {}).toPromise();
    const second = await client.query(templatesQuery, {}).toPromise();
    expect(first.error).toBeUndefined();
    expect(titles(first)).toHaveLength(2);
    expect(second.data).toEqual(first.data);
    expect(sent).toBe(1);
  });

  it('asks by GET as well', async () => {
    client = createClient({ preferGetMethod: true });
    for (let i = 0; i < 3; i++) {
      const { data, error } = await client.query(templatesQuery, {}, { requestPolicy: 'network-only' }).toPromise();
      expect({ error, count: data.templates.nodes.length }).toEqual({ error: undefined, count: 2 });
    }
  });

  it('asks again by itself after its own mutation, and sees it', async () => {
    const seen: string[][] = [];
    const following = client.query(templatesQuery, {}).subscribe((result) => void seen.push(titles(result)));
    await until(() => seen.length === 1);
    const { data } = await client.mutation(createTemplate, { input: { title: 'By urql', body: 'x' } }).toPromise();
    expect(data.createTemplate.userErrors).toEqual([]);
    await until(() => seen.some(([newest]) => newest === 'By urql'));
    following.unsubscribe();
  });

  it('learns from cacheInvalidated which of its documents to ask for again', async () => {
    const { operation, data } = await client.query(templatesQuery, {}).toPromise();
    const typeNames: string[] = [];
    const events = client
      .subscription(gql`subscription { cacheInvalidated { typeNames nodeIds } }`, {})
      .subscribe(({ data: event }) => void typeNames.push(...event.cacheInvalidated.typeNames));
    await until(() => magpie.server.subscriptions.size === 1);
    await magpie.ask(
      magpie.colleague.token,
      'mutation { createTemplate(input: { title: "By a colleague", body: "x" }) { userErrors { message } } }',
    );
    await until(() => typeNames.length > 0);
    events.unsubscribe();
    // What urql's document cache keeps by: the type names in a result.
    expect(typeNames).toContain(data.templates.__typename);
    const again = await client
      .query(templatesQuery, operation.variables, { requestPolicy: 'network-only' })
      .toPromise();
    expect(titles(again)[0]).toBe('By a colleague');
    await until(() => magpie.server.subscriptions.size === 0);
  });

  it('puts together what comes in parts', async () => {
    const deferred = gql`{ workspace { id name } ... @defer { inboxSummary { openCount } } }`;
    const { data, error } = await lastOf(client, deferred, {});
    expect(error).toBeUndefined();
    expect(data).toMatchObject({ workspace: { id: magpie.owner.workspaceId }, inboxSummary: {} });
    expect(data.inboxSummary.openCount).toBeGreaterThan(0);
  });

  it('understands what is refused', async () => {
    const { error } = await client.query(gql`query ($id: ID!) { post(id: $id) { id } }`, {}).toPromise();
    expect(error?.networkError).toBeUndefined();
    expect(error?.graphQLErrors).toEqual([expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })]);
  });
});

function lastOf(asked: Client, query: Parameters<Client['query']>[0], variables: AnyVariables) {
  return new Promise<{ data?: Json; error?: Error }>((resolve) => {
    const subscription = asked.query(query, variables).subscribe((result) => {
      if (result.hasNext) return;
      resolve(result);
      queueMicrotask(() => subscription.unsubscribe());
    });
  });
}

/** Waits for what a client does by itself, in its own time. */
async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { interval: 5, timeout: 10_000 }).toBe(true);
}
