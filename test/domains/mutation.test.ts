import { describe, expect, it } from 'vitest';
import { Changes } from '../../src/domains/changes.ts';
import type { Context } from '../../src/domains/context.ts';
import { Refusal } from '../../src/domains/errors.ts';
import { mutationInSteps } from '../../src/domains/mutation.ts';

/** How a mutation is reported whose transactions ended so, and which then failed. */
async function outcomeAfter(endings: readonly ('committed' | 'rolledBack' | 'unknown')[], failure: unknown) {
  const changes = new Changes();
  const run = mutationInSteps(async () => {
    for (const ending of endings) changes.settle(ending);
    throw failure;
  });
  await Promise.resolve(run(null, { input: {} }, { changes } as Context)).catch(() => {});
  return changes.outcome;
}

describe('a mutation in steps that fails', () => {
  it.each([
    ['an error', new Error('the database is down')],
    ['a refusal', new Refusal([])],
  ])('before its first transaction wrote nothing: by %s', async (_, failure) => {
    expect(await outcomeAfter([], failure)).toBe('rolledBack');
  });

  it.each(['committed', 'unknown'] as const)('after a transaction that is %s is reported as that', async (ending) => {
    expect(await outcomeAfter([ending], new Error('too late'))).toBe(ending);
  });
});
