import { setImmediate as turn } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { expect, it } from 'vitest';
import { collectWhileWaiting } from '../../src/http/early-collection.ts';
import { collectGarbage } from '../setup/garbage.ts';

/** Of the room for young objects, what is used; and that in bytes. */
function young(): { share: number; used: number } {
  const { space_used_size: used, space_available_size: available } = getHeapSpaceStatistics().find(
    ({ space_name }) => space_name === 'new_space',
  )!;
  return { share: used / (used + available), used };
}

function litterUpTo(share: number): void {
  let litter: unknown[] = [];
  while (young().share < share) litter = Array.from({ length: 100 }, () => ({}));
  expect(litter).toBeDefined();
}

it('collects young objects when V8 is about to, once the turn is over, each time', async () => {
  for (let time = 0; time < 2; time++) {
    collectGarbage();
    litterUpTo(0.73);
    const { used } = young();
    collectWhileWaiting();
    expect(young().used).toBeGreaterThanOrEqual(used);
    await turn();
    expect(young().used).toBeLessThan(used / 2);
  }
});

it('collects nothing while there is room', async () => {
  collectGarbage();
  litterUpTo(0.5);
  const { used } = young();
  collectWhileWaiting();
  await turn();
  expect(young().used).toBeGreaterThanOrEqual(used);
});
