import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Cache } from '../src/cache.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!);
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
  ...source: string[]
) => (...parts: unknown[]) => Promise<unknown>;

/** Runs a block, which is JavaScript as it stands, with what its text leaves to the reader. Returns what `result` names. */
function run(code: string, parts: Record<string, unknown>, result: string): Promise<unknown> {
  const body = `${code.replace(/^import .*\n/m, '')}\nreturn ${result};`;
  return new AsyncFunction(...Object.keys(parts), body)(...Object.values(parts));
}

describe('the README', () => {
  it('begins with code that does what its comments say', async () => {
    let reads = 0;
    const readProfile = async function readProfile(id: string) {
      return `${id} ${++reads}`;
    };
    const profileOf = (await run(blocks[0]!, { Cache, readProfile }, 'profileOf')) as (id: string) => Promise<string>;
    expect(reads).toBe(1);
    expect(await Promise.all([profileOf('7'), profileOf('7')])).toEqual(['7 2', '7 2']);
  });

  it('shows loads that tell tags and the end of their value', async () => {
    let nowMs = 0;
    const cache = new Cache({ policies: { rates: { ttlMs: 60_000, staleMs: 60_000 } }, clock: { now: () => nowMs } });
    const readRate = async (pair: string) => ({ pair, bank: 'B', endsInMs: 1_000 });
    const rate = await run(blocks[1]!, { cache, readRate }, 'rate');
    expect(cache.get('rates', 'EUR-USD')).toBe(rate);
    nowMs = 1_000;
    expect(cache.has('rates', 'EUR-USD')).toBe(false);
    nowMs = 0;
    await run(blocks[1]!, { cache, readRate }, 'rate');
    cache.invalidate(['Bank:B']);
    expect(cache.has('rates', 'EUR-USD')).toBe(false);
  });

  it('shows a stamp that keeps a value out which was invalidated while it was read', async () => {
    const cache = new Cache({ policies: { profiles: { ttlMs: 60_000 } } });
    await run(blocks[2]!, { cache, readProfile: async () => 'new' }, 'profile');
    expect(cache.get('profiles', '8')).toBe('new');
    const readProfile = async () => {
      cache.invalidate(['Profile:8']);
      return 'old';
    };
    await run(blocks[2]!, { cache, readProfile }, 'profile');
    expect(cache.has('profiles', '8')).toBe(false);
  });

  it('shows a second tier, which brings what another process has loaded', async () => {
    const shared = new Map<string, object>();
    const writeSoon = (...[, key, , entry]: [string, string, string | undefined, object]) => shared.set(key, entry);
    const parts = { Cache, policies: { rates: { ttlMs: 60_000 } }, writeSoon, lastKnownWrite: () => 4 };
    const reading = { readShared: async (_: string, key: string) => shared.get(key), stillValid: () => true };
    const [one, two] = (await Promise.all(
      [1, 2].map(() => run(blocks[3]!, { ...parts, ...reading }, 'cache')),
    )) as Cache<'rates'>[];
    const request = { category: 'rates', key: 'EUR-USD', tags: ['Rate'] } as const;
    expect(await one!.fetch(request, async () => 1)).toBe(1);
    expect(shared.get('EUR-USD')).toMatchObject({ value: 1, since: 4 });
    expect(await two!.fetch(request, async () => 2)).toBe(1);
    two!.invalidate(['Rate']);
    expect(two!.has('rates', 'EUR-USD')).toBe(false);
  });

  it('names tests that exist', () => {
    const named = [...readme.matchAll(/`([\w-]+\.test\.ts)`/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !existsSync(new URL(name, import.meta.url)))).toEqual([]);
  });

  it('has no other code', () => {
    expect(blocks.length).toBe(4);
  });
});
