import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ManualTime } from '../../../test/setup/manual-time.ts';
import type { EntryCache } from '../src/entry-cache.ts';
import type { LoadContext, Lookup } from '../src/request.ts';
import { type Category, createEngine } from './engine.ts';

/*
 * Two worlds in one cache, each in a namespace of its own: two nodes and a list of some of them, which several readers and writers
 * share. Every step of a load and of a write is a turn that the scheduler may put off, so that anything may happen in between. The
 * model is naive: it knows the truth, and what had been written *and* invalidated when a reader arrived. That reader must see at
 * least as much.
 */

const limits = { ttlMs: 1_000, staleMs: 500, staleIfErrorMs: 800, nullTtlMs: 300, maxEntries: 4, maxBytes: 40_000 };
const loadTimeoutMs = 600;
const longestMs = limits.ttlMs + Math.max(limits.staleMs, limits.staleIfErrorMs);

type Where = 'one' | 'other';
const where = fc.constantFrom<Where>('one', 'other');
const node = fc.nat(1);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      key: fc.constantFrom('list', 'list', 'node 0', 'node 1'),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('update' as const), node }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fragment' as const), node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('toggle' as const), node }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 90, 400, 700, 1_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('set' as const), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), what: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('break' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('jump' as const), ms: fc.integer({ min: -5_000, max: 2_000 }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface Seen {
  /** When the load that brought it began. */
  readonly at: number;
  readonly versions: Readonly<Record<number, number>>;
  readonly listing?: number;
}

/** What all worlds have in common. */
class Common {
  readonly cache: EntryCache<Category>;
  readonly time: ManualTime;
  readonly scheduler: fc.Scheduler;
  readonly failures: unknown[] = [];
  isBroken = false;
  trueNow = 0;

  constructor(scheduler: fc.Scheduler, maxTags: number) {
    const { cache, time } = createEngine(limits, { maxTags, loadTimeoutMs });
    this.cache = cache;
    this.time = time;
    this.scheduler = scheduler;
  }

  async take(worlds: Readonly<Record<Where, World>>, steps: readonly [Where, Step][]): Promise<void> {
    for (const [where, next] of steps) {
      await this.#take(next, worlds[where]);
      this.check(() => expect(this.cache.indexes().entries).toBeLessThanOrEqual(limits.maxEntries));
    }
    await this.scheduler.waitIdle();
    this.isBroken = false;
    for (const world of Object.values(worlds))
      for (const key of ['list', 'node 0', 'node 1']) await this.scheduler.waitFor(world.read(key));
    await this.scheduler.waitIdle();
    this.check(() => expect(this.cache.indexes().flights).toBe(0));
    if (this.failures.length > 0) throw this.failures[0];
  }

  async #take(next: Step, world: World): Promise<void> {
    if (next.do === 'read') void world.read(next.key);
    else if (next.do === 'update') void world.update(next.node);
    else if (next.do === 'toggle') void world.toggle(next.node);
    else if (next.do === 'fragment') void world.fragment(next.node);
    else if (next.do === 'set') void world.set(next.node);
    else if (next.do === 'clear') world.forget(next.what);
    else if (next.do === 'break') this.isBroken = !this.isBroken;
    else if (next.do === 'pass') this.#pass(next.ms);
    else if (next.do === 'jump') this.#jump(next.ms);
    else if (this.scheduler.count() > 0) await this.scheduler.waitOne();
  }

  #pass(ms: number): void {
    this.trueNow += ms;
    this.time.pass(ms);
  }

  /** The clock steps, and is read just before and after that. */
  #jump(ms: number): void {
    this.cache.now();
    this.time.step(ms);
    this.cache.now();
  }

  turn(label: string): Promise<void> {
    return this.scheduler.schedule(Promise.resolve(), label);
  }

  check(assert: () => void): void {
    try {
      assert();
    } catch (failure) {
      this.failures.push(failure);
    }
  }
}

class World {
  readonly #namespace: string;
  readonly #common: Common;
  readonly #cache: EntryCache<Category>;
  readonly versions = [0, 0]; // what is true
  readonly members = new Set([0, 1]);
  readonly #endedAt = new WeakMap<Seen, number>();
  listing = 0;
  readonly #told = { versions: [0, 0], listing: 0 }; // what was written and invalidated

  constructor(namespace: string, common: Common) {
    this.#namespace = namespace;
    this.#common = common;
    this.#cache = common.cache;
  }

  #request(key: string, tag: string) {
    return { category: 'POSTS', key: this.#in(key), namespace: this.#namespace, tags: [this.#in(tag)] } as const;
  }

  #in(name: string): string {
    return `${this.#namespace}/${name}`;
  }

  async read(key: string): Promise<void> {
    const must = structuredClone(this.#told);
    const arrivedAt = this.#common.trueNow;
    let lookup: Lookup | undefined;
    const tag = key === 'list' ? 'List' : `Node:${key.slice(5)}`;
    const request = { ...this.#request(key, tag), observe: (seen: Lookup) => (lookup = seen) };
    const answer = this.#cache.read(request, (loadContext) => this.#load(key, loadContext));
    const wasAtOnce = !(answer instanceof Promise);
    let seen: Seen;
    try {
      seen = (await answer).value;
    } catch (error) {
      this.#common.check(() => expect(String(error)).toMatch(/broken|to end within/));
      return;
    }
    this.#common.check(() => {
      for (const [id, version] of Object.entries(seen.versions)) {
        expect(version, `node ${id} of ${key}`).toBeGreaterThanOrEqual(must.versions[Number(id)]!);
      }
      if (seen.listing !== undefined) expect(seen.listing).toBeGreaterThanOrEqual(must.listing);
      const ageMs = arrivedAt - this.#bornAt(seen);
      if (wasAtOnce) expect(ageMs).toBeLessThan(lookup!.status === 'HIT' ? limits.ttlMs : longestMs);
      if (lookup!.status !== 'STALE') expect(ageMs).toBeLessThan(limits.ttlMs);
    });
  }

  async #load(key: string, loadContext: LoadContext): Promise<Seen> {
    const at = this.#common.trueNow;
    await this.#common.turn(`load ${key}`);
    if (this.#common.isBroken) throw new Error('broken');
    const seen = this.#look(key, at);
    await this.#common.turn(`answer ${key}`);
    this.#endedAt.set(seen, this.#common.trueNow);
    if (key === 'list') loadContext.depend(Object.keys(seen.versions).map((id) => this.#in(`Node:${id}`)));
    return seen;
  }

  /** A load that took half a lifetime or longer, within its time limit, brings what is as old as its end. */
  #bornAt(seen: Seen): number {
    const endedAt = this.#endedAt.get(seen) ?? seen.at;
    const loadMs = endedAt - seen.at;
    return loadMs >= limits.ttlMs / 2 && loadMs < loadTimeoutMs ? endedAt : seen.at;
  }

  #look(key: string, at: number): Seen {
    const ids = key === 'list' ? [...this.members] : [Number(key.slice(5))];
    const versions = Object.fromEntries(ids.map((id) => [id, this.versions[id]!]));
    return key === 'list' ? { at, versions, listing: this.listing } : { at, versions };
  }

  async update(id: number): Promise<void> {
    await this.#common.turn(`update ${id}`);
    const version = ++this.versions[id]!;
    await this.#common.turn(`invalidate ${id}`);
    this.#cache.invalidate([this.#in(`Node:${id}`)], 'update');
    this.#told.versions[id] = Math.max(version, this.#told.versions[id]!);
  }

  async toggle(id: number): Promise<void> {
    await this.#common.turn(`toggle ${id}`);
    if (!this.members.delete(id)) this.members.add(id);
    const listing = ++this.listing;
    await this.#common.turn('invalidate the list');
    this.#cache.invalidate([this.#in('List')], 'toggle');
    this.#told.listing = Math.max(listing, this.#told.listing);
  }

  /** Hangs what it makes of another node on the list's entry, or checks what hangs there. */
  async fragment(id: number): Promise<void> {
    const entry = this.#cache.peek('POSTS', this.#in('list'), this.#cache.now());
    if (entry === undefined) return;
    const found = this.#cache.attachment(entry, `${id}`)?.value;
    if (found !== undefined) {
      this.#common.check(() => expect(found).toBeGreaterThanOrEqual(this.#told.versions[id]!));
      return;
    }
    const { stamp } = this.#cache;
    await this.#common.turn(`make fragment ${id}`);
    const value = this.versions[id]!;
    await this.#common.turn(`attach fragment ${id}`);
    this.#cache.attach(entry, `${id}`, { bytes: 10, stamp, tags: [this.#in(`Node:${id}`)], value });
  }

  async set(id: number): Promise<void> {
    const { stamp } = this.#cache;
    const at = this.#common.trueNow;
    await this.#common.turn(`look at ${id}`);
    const seen = this.#look(`node ${id}`, at);
    await this.#common.turn(`set ${id}`);
    if (this.#common.trueNow === at) this.#cache.set({ ...this.#request(`node ${id}`, `Node:${id}`), stamp }, seen);
  }

  forget(what: number): void {
    if (what === 4) this.#cache.clear();
    else if (what === 3) this.#cache.clear({ namespace: this.#namespace });
    else if (what === 2) this.#cache.clear({ namespace: this.#namespace, categories: ['POSTS'] });
    else this.#cache.delete('POSTS', this.#in(`node ${what}`));
  }
}

describe('whatever happens in whatever order', () => {
  it('nobody is served what was invalidated before they came, nor what is too old', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.constantFrom(12, 1_000),
        fc.array(fc.tuple(where, step), { maxLength: 80, size: 'max' }),
        async (scheduler, maxTags, steps) => {
          const common = new Common(scheduler, maxTags);
          await common.take({ one: new World('one', common), other: new World('other', common) }, steps);
        },
      ),
      { seed: 20261122, numRuns: 400 },
    );
  });
});
