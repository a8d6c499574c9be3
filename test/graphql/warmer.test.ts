import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type DocumentNode,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import { costOf } from '../../src/graphql/cost.ts';
import type { RequestContext } from '../../src/graphql/request.ts';
import { Warmer } from '../../src/graphql/warmer.ts';
import { productSchema } from '../product/schema.ts';
import { ada } from './nest.ts';
import { createProduct } from './product.ts';

/** A schema in which the shell's settings take as long as the test says: of the warm-up operations, the rest is not there. */
function createWarmer({
  fails = () => false,
  isHolding = true,
}: {
  fails?: (workspaceId: string) => boolean;
  isHolding?: boolean;
} = {}) {
  const schema: GraphQLSchema = buildSchema(
    'type Query { settings: String, campaigns: String, posts: String, media: String }',
  );
  const log: string[] = [];
  const failures: string[] = [];
  const waiting = new Map<string, { goOn: () => void; fail: (error: Error) => void }>();
  const fields = schema.getQueryType()!.getFields();
  const note =
    (name: string) =>
    (_: unknown, __: unknown, { viewer }: { viewer: Viewer }) => {
      log.push(`${viewer.workspaceId} ${name}`);
      return 'kept';
    };
  for (const name of ['campaigns', 'posts', 'media']) fields[name]!.resolve = note(name);
  fields.settings!.resolve = (_: unknown, __: unknown, { viewer: { workspaceId } }: { viewer: Viewer }) => {
    log.push(`${workspaceId} settings`);
    if (!isHolding) return 'kept';
    return new Promise<void>((goOn, fail) => waiting.set(workspaceId, { goOn, fail }));
  };
  const warmer = new Warmer({
    schema,
    contextFor(viewer) {
      if (fails(viewer.workspaceId)) throw new Error('no context');
      return { viewer } as RequestContext;
    },
    onFailure: (error) => failures.push(String(error)),
  });
  const use = (n: number) => warmer.warmOnce({ ...ada, workspaceId: `ws_${n}` });
  const goOn = async (n: number) => {
    waiting.get(`ws_${n}`)?.goOn();
    await settled();
  };
  const fail = (n: number) => waiting.get(`ws_${n}`)?.fail(new Error('broken'));
  return {
    ...{ warmer, log, failures },
    use,
    goOn,
    fail,
    running: () => log.filter((line) => line.endsWith('settings')).map((line) => line.split(' ')[0]),
  };
}

async function settled() {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
}

describe('warming', () => {
  it('runs the operations one after the other', async () => {
    const { log, use, goOn } = createWarmer();
    use(1);
    await settled();
    expect(log).toEqual(['ws_1 settings']);
    await goOn(1);
    expect(log).toEqual(['ws_1 settings', 'ws_1 campaigns', 'ws_1 posts', 'ws_1 media']);
  });

  it('happens once a workspace', async () => {
    const { use, goOn, running } = createWarmer();
    use(1);
    await goOn(1);
    for (let again = 0; again < 5; again++) use(1);
    await settled();
    expect(running()).toEqual(['ws_1']);
  });

  it('does not hold up who asks', () => {
    const { use } = createWarmer();
    expect(use(1)).toBeUndefined();
  });

  it('runs for two workspaces at a time, the others wait for their turn', async () => {
    const { use, goOn, running } = createWarmer();
    for (let n = 1; n <= 4; n++) use(n);
    await settled();
    expect(running()).toEqual(['ws_1', 'ws_2']);
    await goOn(2);
    expect(running()).toEqual(['ws_1', 'ws_2', 'ws_3']);
    await goOn(1);
    expect(running()).toEqual(['ws_1', 'ws_2', 'ws_3', 'ws_4']);
  });

  it('that failed gives way to others, and is tried again when the workspace is used again', async () => {
    let isBroken = true;
    const { use, running, failures } = createWarmer({ fails: (workspaceId) => isBroken && workspaceId === 'ws_1' });
    use(1);
    use(2);
    await settled();
    expect(running()).toEqual(['ws_2']);
    expect(failures).toEqual(['Error: no context']);
    isBroken = false;
    use(1);
    await settled();
    expect(running()).toEqual(['ws_2', 'ws_1']);
  });

  it('goes on with other operations when one fails', async () => {
    const { warmer, log, fail, failures } = createWarmer();
    const warm = warmer.warm({ ...ada, workspaceId: 'ws_9' });
    await settled();
    fail(9);
    await warm;
    expect(failures).toEqual(['Error: broken']);
    expect(log).toEqual(['ws_9 settings', 'ws_9 campaigns', 'ws_9 posts', 'ws_9 media']);
  });

  it('that is asked for takes turns, one of each workspace and two at a time', async () => {
    const { warmer, running, goOn } = createWarmer();
    const asked = [1, 1, 2, 3].map((n) => warmer.warm({ ...ada, workspaceId: `ws_${n}` }));
    await settled();
    expect(running()).toEqual(['ws_1', 'ws_2']);
    await goOn(2);
    expect(running()).toEqual(['ws_1', 'ws_2', 'ws_3']);
    await goOn(1);
    expect(running()).toEqual(['ws_1', 'ws_2', 'ws_3', 'ws_1']);
    for (const n of [3, 1]) await goOn(n);
    await Promise.all(asked);
  });

  it('ends with the ten-thousandth workspace', async () => {
    const { use, running } = createWarmer({ isHolding: false });
    for (let n = 1; n <= 10_001; n++) use(n);
    await settled();
    expect(running()).toHaveLength(10_000);
    expect(running()).not.toContain('ws_10001');
  });
});

describe('the warm-up operations', () => {
  it('cost no more than `warmCache` does', () => {
    const cost = (document: DocumentNode, operation: OperationDefinitionNode) =>
      costOf(productSchema, document, { operation, variables: {} }).cost;
    const document = parse(readFileSync(new URL('../../src/graphql/warm-up.graphql', import.meta.url), 'utf8'));
    const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
    const asked = parse('mutation { warmCache { warmedEntries } }');
    const total = operations.reduce((sum, operation) => sum + cost(document, operation), 0);
    expect(total).toBeGreaterThan(1_000);
    expect(total).toBeLessThanOrEqual(cost(asked, getOperationAST(asked)!));
  });

  it('make entries by the way that requests take', async () => {
    const product = createProduct();
    const { warmCache } = (await product.ask('mutation { warmCache { warmedEntries userErrors { message } } }')).data;
    expect(warmCache.userErrors).toEqual([]);
    expect(warmCache.warmedEntries).toBeGreaterThan(5);
    const before = product.statements.length;
    await product.ask('{ posts { nodes { id text } } networks { id name } }');
    expect(product.statements).toHaveLength(before);
    expect((await product.ask('mutation { warmCache { warmedEntries } }')).data.warmCache.warmedEntries).toBe(0);
  });

  it('run in the background when a workspace is first used', async () => {
    const product = createProduct({}, { isWarming: true });
    product.engine.contextFor({ viewer: ada, requestId: 'first', isDebugging: false });
    await settled();
    expect(product.engine.cache.snapshot().total.entries).toBeGreaterThan(5);
  });

  it('do not run for who has not signed in, nor with the cache off', async () => {
    const product = createProduct({}, { isWarming: true });
    product.engine.contextFor({ viewer: null, requestId: 'first', isDebugging: false });
    const uncached = createProduct({}, { isWarming: true, isCaching: false, isJoining: false });
    uncached.engine.contextFor({ viewer: ada, requestId: 'first', isDebugging: false });
    await settled();
    expect([product.statements, uncached.statements]).toEqual([[], []]);
  });
});
