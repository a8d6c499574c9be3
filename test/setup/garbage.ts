import { getHeapSpaceStatistics } from 'node:v8';

/** Collects all garbage at once. What a `WeakRef` was asked for in this turn is held until the turn ends. */
export function collectGarbage(): void {
  globalThis.gc!();
}

/**
 * Bytes that grow old while this runs: what collecting young objects alone does not free. The least of three runs, as the rest of the
 * process only adds to them.
 */
export async function grownOld(run: () => unknown): Promise<number> {
  const runs: number[] = [];
  for (let time = 0; time < 3; time++) runs.push(await grownOldOnce(run));
  return Math.min(...runs);
}

async function grownOldOnce(run: () => unknown): Promise<number> {
  collectGarbage();
  const before = oldBytes();
  await run();
  for (let time = 0; time < 2; time++) globalThis.gc!({ type: 'minor', execution: 'sync' });
  return oldBytes() - before;
}

function oldBytes(): number {
  const young = ['new_space', 'new_large_object_space'];
  return getHeapSpaceStatistics()
    .filter(({ space_name }) => !young.includes(space_name))
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0);
}
