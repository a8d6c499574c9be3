import { describe, expect, it } from 'vitest';
import { Changes } from '../../src/domains/changes.ts';
import type { Context } from '../../src/domains/context.ts';
import { Transaction } from '../../src/domains/mutation.ts';
import { grownOld } from '../setup/garbage.ts';
import { ada, createNest } from './nest.ts';

/** All that a request makes of its context. */
function use(context: ReturnType<ReturnType<typeof createNest>['contextFor']>): void {
  const { shared, unscoped } = context;
  const own = context.withChanges(new Changes());
  const transaction: Context = new Transaction(own, context.queries);
  for (const one of [context, shared, own, transaction]) expect(one.viewer.workspaceId).toBe(ada.workspaceId);
  expect(unscoped.now).toBe(context.now);
  expect(context.loaders.posts).toBe(shared.loaders.posts);
}

describe('the context of a request', () => {
  it('goes with the young objects, when its request is over', async () => {
    const nest = createNest();
    use(nest.contextFor(ada));
    const bytes = await grownOld(() => {
      for (let request = 0; request < 5_000; request++) use(nest.contextFor(ada));
    });
    expect(bytes / 5_000).toBeLessThan(200);
  });
});
