import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gql as apolloGql } from '@apollo/client';
import { generate } from '@graphql-codegen/cli';
import { QueryObserver } from '@tanstack/query-core';
import { gql } from '@urql/core';
import { printSchema } from 'graphql';
import type { ConcreteRequest } from 'relay-runtime';
import relay from 'relay-runtime';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createApolloClient, followChanges as followByApollo } from '../../examples/clients/apollo.ts';
import { codegen } from '../../examples/clients/codegen.ts';
import { request } from '../../examples/clients/fetch.ts';
import { createGraphqlRequestClient } from '../../examples/clients/graphql-request.ts';
import { createEventClient, followChanges } from '../../examples/clients/graphql-sse.ts';
import {
  createApolloSocketClient,
  createSocketClient,
  createUrqlClient,
  followChanges as followBySocket,
  request as requestBySocket,
} from '../../examples/clients/graphql-ws.ts';
import { createRelayEnvironment, forget } from '../../examples/clients/relay.ts';
import { createQueryClient, forgetTypes, templates } from '../../examples/clients/tanstack-query.ts';
import { createDocumentCacheClient, createGraphcacheClient, templateLists } from '../../examples/clients/urql.ts';
import { confine } from '../product/magpie.ts';
import { createFolder } from '../setup/folders.ts';
import { type Json, type Product, startProduct } from './start.ts';

let magpie: Product;
beforeAll(async () => {
  magpie = await startProduct();
});

const titlesQuery =
  'query Titles($search: String) { templates(first: 3, filter: { search: $search }) { nodes { id title } } }';
const create = (title: string, { token } = magpie.colleague) =>
  magpie.ask(token, `mutation { createTemplate(input: { title: "${title}", body: "x" }) { userErrors { message } } }`);
const titlesOf = (data: Json): string[] => (data?.templates?.nodes ?? []).map(({ title }: Json) => title);
const until = (isSo: () => unknown) => expect.poll(isSo, { interval: 5, timeout: 20_000 }).toBe(true);
const untilFollowed = () => until(() => magpie.server.subscriptions.size > 0);

describe('fetch', () => {
  it('resolves with the data, and rejects with the code of the error', async () => {
    const server = { url: magpie.url, token: magpie.owner.token };
    expect(titlesOf(await request(server, titlesQuery))).toHaveLength(3);
    await expect(request({ ...server, token: 'mgp_wrong' }, titlesQuery)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    await expect(request(server, 'query ($id: ID!) { post(id: $id) { id } }')).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });
});

describe('urql', () => {
  const creation = gql`mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { template { id title } userErrors { message } } }`;

  it.each([
    ['the document cache', createDocumentCacheClient],
    ['Graphcache', createGraphcacheClient],
  ])('asks again for a list, empty or not, after its own mutation, with %s', async (name, createClient) => {
    const client = createClient(magpie.url, magpie.owner.token);
    const title = `By urql with ${name}`;
    const seen: string[][] = [];
    const following = client
      .query(gql(titlesQuery), { search: title }, templateLists)
      .subscribe(({ data }) => void (data && seen.push(titlesOf(data))));
    await until(() => seen.length > 0);
    expect(seen[0]).toEqual([]);
    await client.mutation(creation, { input: { title, body: 'x' } }).toPromise();
    await until(() => seen.at(-1)![0] === title);
    following.unsubscribe();
  });

  it('warns of no type without a key', async () => {
    const client = createGraphcacheClient(magpie.url, magpie.owner.token);
    const warned: unknown[] = [];
    const { warn } = console;
    console.warn = (...words) => void warned.push(words);
    onTestFinished(() => {
      console.warn = warn;
    });
    const { data, error } = await client
      .query(
        gql`{ posts(first: 2) { edges { node { id targets { id account { id } } metrics { views } } } pageInfo { hasNextPage } }
          calendar(range: { preset: THIS_MONTH }) { days { date entries { __typename ... on Post { id } ... on CalendarNote { id } } } }
          inboxSummary { openCount } networks { id media { kind } } }`,
        {},
      )
      .toPromise();
    expect(error).toBeUndefined();
    expect(data.posts.edges).toHaveLength(2);
    expect(warned).toEqual([]);
  });
});

describe('Apollo Client', () => {
  it('knows the types of interfaces, and puts pages together', async () => {
    const client = createApolloClient(magpie.url, magpie.owner.token);
    const calendar = apolloGql`{ calendar(range: { preset: THIS_MONTH }) { days { entries { ...Entry } } } }
      fragment Entry on CalendarEntry { ... on Node { id } }`;
    const { data } = await client.query<Json>({ query: calendar });
    expect(data.calendar.days.flatMap(({ entries }: Json) => entries)[0].id).toMatch(/^(post|note)_/);
    const page = apolloGql`query ($after: String) { posts(first: 2, after: $after) { edges { node { id } } pageInfo { endCursor hasNextPage } } }`;
    const { data: first } = await client.query<Json>({ query: page });
    const pages = client.watchQuery<Json>({ query: page });
    const watching = pages.subscribe(() => {});
    await pages.fetchMore({ variables: { after: first.posts.pageInfo.endCursor } });
    watching.unsubscribe();
    const whole = client.readQuery<Json>({ query: page });
    expect(whole.posts.edges).toHaveLength(4);
  });

  it('forgets what others changed, and shows it anew', async () => {
    const client = createApolloClient(magpie.url, magpie.owner.token);
    const shown: string[][] = [];
    const watching = client
      .watchQuery<Json>({ query: apolloGql(titlesQuery) })
      .subscribe(({ data }) => void shown.push(titlesOf(data)));
    await until(() => (shown.at(-1)?.length ?? 0) > 0);
    const stop = followByApollo(client);
    await untilFollowed();
    await create('By a colleague, for Apollo');
    await until(() => shown.at(-1)?.[0] === 'By a colleague, for Apollo');
    stop();
    watching.unsubscribe();
    client.stop();
  });
});

describe('Relay', () => {
  it('compiles its documents against the schema, reads pages, and asks again for what changed', async () => {
    const folder = await createFolder();
    cpSync('examples/clients/relay-documents', join(folder, 'src'), { recursive: true });
    writeFileSync(join(folder, 'schema.graphql'), printSchema(magpie.engine.schema));
    const settings = { src: './src', schema: './schema.graphql', language: 'typescript', eagerEsModules: true };
    writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(settings));
    execFileSync(join(process.cwd(), 'node_modules/.bin/relay-compiler'), ['relay.config.json'], { cwd: folder });
    const artifact = join(folder, 'src/__generated__/templatesQuery.graphql.ts');
    const query = (await import(/* @vite-ignore */ artifact)).default as ConcreteRequest;

    const environment = createRelayEnvironment(magpie.url, magpie.owner.token);
    const read = async () => (await relay.fetchQuery(environment, query as never, { count: 2 }).toPromise()) as Json;
    const nodes = ({ templates: { edges } }: Json) => edges.map(({ node }: Json) => node);
    const [newest] = nodes(await read());
    const operation = relay.createOperationDescriptor(query, { count: 2 });
    environment.retain(operation);
    expect(environment.check(operation).status).toBe('available');
    forget(environment, { nodeIds: [newest.id], typeNames: ['Template'] });
    expect(environment.check(operation).status).toBe('stale');
    await create('By a colleague, for Relay');
    expect(nodes(await read())[0].title).toBe('By a colleague, for Relay');
  });
});

describe('graphql-request', () => {
  it('sends documents whose types codegen made, scalars as they travel', async () => {
    const folder = await createFolder();
    const [output] = Object.entries(codegen.generates);
    const files = await generate(
      { ...codegen, silent: true, errorsOnly: true, generates: { [`${folder}/`]: output![1] } },
      false,
    );
    const documents = (files as { filename: string; content: string }[]).find(({ filename }) =>
      filename.endsWith('graphql.ts'),
    )!.content;
    expect(documents).toMatch(/scheduledAt: string \| null/);
    const artifact = join(folder, 'graphql.ts');
    writeFileSync(artifact, documents);
    const { PostsDocument } = await import(/* @vite-ignore */ artifact);
    const client = createGraphqlRequestClient(magpie.url, magpie.owner.token);
    const { posts } = (await client.request(PostsDocument, { first: 2 })) as Json;
    expect(posts.nodes).toHaveLength(2);
  });
});

describe('TanStack Query', () => {
  it('asks once, and again for what changed', async () => {
    const client = createQueryClient();
    const server = { url: magpie.url, token: magpie.owner.token };
    const observer = new QueryObserver(client, templates(server, 3));
    const shown: string[] = [];
    const stop = observer.subscribe(({ data }) => void (data && shown.push(data[0]!.title)));
    await until(() => shown.length > 0);
    await create('By a colleague, for TanStack');
    await forgetTypes(client, ['Post']);
    expect(shown).not.toContain('By a colleague, for TanStack');
    await forgetTypes(client, ['Template']);
    await until(() => shown.at(-1) === 'By a colleague, for TanStack');
    stop();
    client.clear();
  });
});

describe('graphql-sse', () => {
  it('hears of what others change', async () => {
    const client = createEventClient(magpie.url, magpie.owner.token);
    const heard: string[] = [];
    const stop = followChanges(client, ({ typeNames }) => heard.push(...typeNames));
    await untilFollowed();
    await create('By a colleague, for events');
    await until(() => heard.includes('Template'));
    stop();
    client.dispose();
    await until(() => magpie.server.subscriptions.size === 0);
  });
});

describe('graphql-ws', () => {
  /** As browsers have it, and Node.js since version 22. */
  const connect = (token: string) => {
    vi.stubGlobal('WebSocket', WebSocket);
    const client = createSocketClient(magpie.url, token);
    onTestFinished(() => void client.dispose());
    return client;
  };
  const idle = () => until(() => magpie.server.subscriptions.size === 0);

  it('hears of what others change, and of a gap when it had to come back', async () => {
    const client = connect(magpie.owner.token);
    const heard: string[] = [];
    const stop = followBySocket(client, {
      onChange: ({ typeNames }) => heard.push(...typeNames),
      onGap: () => heard.push('gap'),
      onEnd: () => heard.push('end'),
    });
    await untilFollowed();
    await create('By a colleague, for sockets');
    await until(() => heard.includes('Template'));
    magpie.engine.clearAll('a test');
    await until(() => heard.includes('gap'));
    await untilFollowed();
    stop();
    await idle();
  });

  it('has the answers that are given over HTTP, also to who is confined to some accounts', async () => {
    await confine(magpie.database, magpie.colleague, 1);
    magpie.engine.cache.clear({ categories: ['PRINCIPALS'] });
    const query =
      '{ viewer { user { name } } accounts(first: 50) { nodes { id } } posts(first: 5) { totalCount nodes { id text } } inboxSummary { openCount } }';
    for (const { token } of [magpie.owner, magpie.colleague, magpie.stranger]) {
      const { data, errors } = (await magpie.ask(token, query)).json;
      expect(errors).toBeUndefined();
      expect(await requestBySocket(connect(token), query)).toEqual(data);
    }
  });

  it('carries the subscriptions of urql', async () => {
    const client = createUrqlClient(magpie.url, magpie.owner.token, connect(magpie.owner.token));
    const heard: string[] = [];
    const following = client
      .subscription(gql`subscription { cacheInvalidated { typeNames } }`, {})
      .subscribe(({ data }) => void heard.push(...data.cacheInvalidated.typeNames));
    await untilFollowed();
    await create('By a colleague, for urql');
    await until(() => heard.includes('Template'));
    following.unsubscribe();
    await idle();
  });

  it('carries the subscriptions of Apollo Client', async () => {
    const client = createApolloSocketClient(magpie.url, magpie.owner.token, connect(magpie.owner.token));
    const heard: string[] = [];
    const following = client
      .subscribe<Json>({ query: apolloGql`subscription { cacheInvalidated { typeNames } }` })
      .subscribe(({ data }) => void heard.push(...data.cacheInvalidated.typeNames));
    await untilFollowed();
    await create('By a colleague, for Apollo');
    await until(() => heard.includes('Template'));
    following.unsubscribe();
    await idle();
    client.stop();
  });
});
