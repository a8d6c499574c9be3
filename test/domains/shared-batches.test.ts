import { describe, expect, it } from 'vitest';
import { SharedBatches } from '../../src/domains/shared-batches.ts';

/** Batches that end when they are told to, and the keys that each was asked for. */
function inShare() {
  const at = { stamp: 0, ms: 0, elsewhere: 0 };
  const shared = new SharedBatches(() => at.ms);
  const asked: { keys: readonly unknown[]; end(): void; fail(error: Error): void }[] = [];
  const request = (name = 'post', keyOf?: (key: unknown) => unknown) =>
    shared.share<unknown, string | null>(
      { name, stamp: () => at.stamp },
      (keys) =>
        new Promise((resolve, reject) => {
          const turn = asked.length + 1;
          const values = keys.map((key) => (key === 'none' ? null : `${JSON.stringify(key)} of ${turn}`));
          asked.push({ keys, end: () => resolve(values), fail: reject });
        }),
      keyOf,
    );
  /** Of another scope, whose logical time moves by itself. */
  const elsewhere = () =>
    shared.share<unknown, string>({ name: 'elsewhere', stamp: () => at.elsewhere }, async (keys) => keys.map(String));
  const keysAsked = () => asked.map(({ keys }) => keys);
  return { at, shared, asked, request, elsewhere, keysAsked };
}

describe('a batch that runs', () => {
  it('is shared by those who need the same meanwhile, key by key', async () => {
    const { asked, request, keysAsked } = inShare();
    const one = request()(['a', 'b']);
    const other = request()(['b', 'c', 'a']);
    expect(keysAsked()).toEqual([['a', 'b'], ['c']]);
    for (const { end } of asked) end();
    expect(await one).toEqual(['"a" of 1', '"b" of 1']);
    expect(await other).toEqual(['"b" of 1', '"c" of 2', '"a" of 1']);
  });

  it('answers alone who needs nothing else', async () => {
    const { asked, request, keysAsked } = inShare();
    const answers = [1, 2, 3].map(() => request()(['a', 'none']));
    expect(keysAsked()).toEqual([['a', 'none']]);
    asked[0]!.end();
    expect(await Promise.all(answers)).toEqual([1, 2, 3].map(() => ['"a" of 1', null]));
  });

  it('is not shared by who comes after its end', async () => {
    const { asked, request, keysAsked } = inShare();
    const one = request()(['a']);
    asked[0]!.end();
    await one;
    void request()(['a']);
    expect(keysAsked()).toEqual([['a'], ['a']]);
  });

  it('is not shared with another loader or scope', () => {
    const { request, keysAsked } = inShare();
    void request('post')(['a']);
    void request('campaign')(['a']);
    expect(keysAsked()).toEqual([['a'], ['a']]);
  });

  it('is not shared by who comes after something was invalidated', async () => {
    const { at, asked, request, keysAsked } = inShare();
    const earlier = request();
    const one = earlier(['a']);
    at.stamp++;
    const other = request()(['a']);
    const third = earlier(['a']);
    expect(keysAsked()).toEqual([['a'], ['a']]);
    asked[0]!.end();
    await one;
    const fourth = request()(['a']);
    expect(keysAsked()).toHaveLength(2);
    asked[1]!.end();
    expect(await Promise.all([one, other, third, fourth])).toEqual([
      ['"a" of 1'],
      ['"a" of 2'],
      ['"a" of 2'],
      ['"a" of 2'],
    ]);
  });

  it('is shared however often something is invalidated in another scope', async () => {
    const { at, asked, request, elsewhere, keysAsked } = inShare();
    const answers = [];
    for (let write = 0; write < 100; write++) {
      answers.push(request()(['a']));
      at.elsewhere++;
      await elsewhere()(['a']);
    }
    expect(keysAsked()).toEqual([['a']]);
    asked[0]!.end();
    expect(await Promise.all(answers)).toEqual(Array(100).fill(['"a" of 1']));
  });

  it('is not shared by who comes a second later, and does not take the place of the newer one', async () => {
    const { at, asked, request, keysAsked } = inShare();
    const one = request()(['a', 'b']);
    at.ms = 999;
    const joined = request()(['a']);
    expect(asked).toHaveLength(1);
    at.ms = 1_000;
    const late = request()(['a']);
    expect(keysAsked()).toEqual([['a', 'b'], ['a']]);
    asked[0]!.end();
    await Promise.all([one, joined]);
    const latest = request()(['a']);
    expect(asked).toHaveLength(2);
    asked[1]!.end();
    expect(await Promise.all([joined, late, latest])).toEqual([['"a" of 1'], ['"a" of 2'], ['"a" of 2']]);
  });

  it('leaves nothing behind', async () => {
    const { shared, asked, request } = inShare();
    const answers = [request()(['a']), request('campaign')(['b']), request()(['a', 'c'])];
    expect(shared.size).toBe(2);
    for (const { end } of asked) end();
    await Promise.all(answers);
    expect(shared.size).toBe(0);
  });

  it.each([
    ['too few values', async () => ['a of 1'], 'expected a value for each of 2 keys, but got 1'],
    ['what is no error', () => Promise.reject('broke'), 'broke'],
    [
      'an error at once',
      () => {
        throw new Error('no database');
      },
      'no database',
    ],
  ])('that brings %s fails for all who share it', async (_, batch, message) => {
    const { at, shared, request, asked } = inShare();
    const first = shared.share<unknown, string>({ name: 'post', stamp: () => at.stamp }, batch)(['a', 'b']);
    const failed = expect(first).rejects.toEqual(expect.toSatisfy((one) => String(one.message ?? one) === message));
    const other = request()(['b', 'c']);
    for (const { end } of asked) end();
    await failed;
    expect(await other).toEqual([expect.objectContaining({ message }), expect.stringContaining('"c"')]);
    expect(shared.size).toBe(0);
  });

  it('fails for its own keys alone', async () => {
    const { asked, request } = inShare();
    const one = request()(['a']);
    const other = request()(['a', 'b']);
    const failure = new Error('the connection broke');
    asked[0]!.fail(failure);
    asked[1]!.end();
    await expect(one).rejects.toBe(failure); // as a whole, so that its loader forgets its keys
    expect(await other).toEqual([failure, '"b" of 2']);
    const { length } = asked;
    void request()(['a']);
    expect(asked).toHaveLength(length + 1);
  });

  it('knows equal keys by what makes them the same', async () => {
    const { asked, request, keysAsked } = inShare();
    const keyOf = (key: unknown) => (key as { id: string }).id;
    const one = request('page', keyOf)([{ id: 'a', of: 1 }]);
    const other = request('page', keyOf)([{ id: 'a', of: 2 }]);
    expect(keysAsked()).toEqual([[{ id: 'a', of: 1 }]]);
    asked[0]!.end();
    expect(await other).toEqual(await one);
  });
});
