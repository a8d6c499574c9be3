import { describe, expect, it } from 'vitest';
import type { LoggedInvalidation } from '../../src/graphql/cluster-log.ts';
import { MutationInvalidations } from '../../src/graphql/mutation-invalidations.ts';
import { createTestDatabase } from '../setup/databases.ts';

const { queries } = await createTestDatabase('postgres');

/** A log that another process would read; `isAway` refuses what is written. */
function createLog() {
  let id = 0;
  const log = {
    isAway: false,
    told: [] as readonly LoggedInvalidation[],
    async write() {
      if (log.isAway) throw new Error('expected a log that can be written');
      id++;
      return { id, xid: id, epoch: 'one' };
    },
    findOutcome: async () => 'unknown' as const,
    async publish(logged: readonly LoggedInvalidation[]) {
      log.told = logged;
    },
  };
  return log;
}

/** A mutation of two transactions that both change posts. */
async function changeTwice(log: ReturnType<typeof createLog>, outcomeOfSecond: 'committed' | 'unknown') {
  let tags = ['Post'];
  const invalidations = new MutationInvalidations(log, (result) => ({
    ...{ workspaceId: 'ws_1', cause: 'updatePosts' },
    tags: result === undefined ? tags : [...tags, 'Campaign'],
  }));
  for (const outcome of ['committed', outcomeOfSecond] as const) {
    const change = await invalidations.write(queries);
    invalidations.ended(change!, outcome);
    tags = ['Post', 'Template'];
  }
  return invalidations;
}

const tagsOf = ({ told }: ReturnType<typeof createLog>) => told.map(({ invalidation }) => invalidation.tags);

describe('what a mutation of several transactions invalidates', () => {
  it('is told once, with the last of them', async () => {
    const log = createLog();
    await (await changeTwice(log, 'committed')).publish(queries, {});
    expect(tagsOf(log)).toEqual([[], ['Post', 'Template'], ['Campaign']]);
  });

  it('is told with the first of them if the outcome of the last is unknown', async () => {
    const log = createLog();
    await (await changeTwice(log, 'unknown')).publish(queries, {});
    expect(tagsOf(log)).toEqual([['Post'], ['Post', 'Template'], ['Campaign']]);
    expect(log.told.map(({ position }) => position?.id)).toEqual([1, undefined, 3]);
  });

  it('is told although the log could not be written after the last commit, and the mutation fails', async () => {
    const log = createLog();
    const invalidations = await changeTwice(log, 'committed');
    log.isAway = true;
    await expect(invalidations.publish(queries, {})).rejects.toThrow('expected a log that can be written');
    expect(tagsOf(log)).toEqual([[], ['Post', 'Template'], ['Campaign']]);
  });
});
