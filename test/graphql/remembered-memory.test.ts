import { describe, expect, it } from 'vitest';
import { collectGarbage } from '../setup/garbage.ts';
import { createProduct } from './product.ts';

/** What was looked at in this turn stays until the next one. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('what an answer was joined from', () => {
  const document = '{ posts { nodes { id } } networks { id } }';

  it('stays in memory for as long as the cache keeps it, and no longer', async () => {
    const { ask, engine } = createProduct();
    await ask(document);
    const { joinedFrom: joinedFragments } = await ask(document);
    const values = joinedFragments!.fragments.map(({ value }) => new WeakRef(value as object));
    const isThere = () => values.map((value) => value.deref() !== undefined);
    await nextTurn();
    collectGarbage();
    expect(isThere()).toEqual([true, true]);
    engine.cache.clear();
    await nextTurn();
    collectGarbage();
    expect(isThere()).toEqual([false, false]);
  });
});
