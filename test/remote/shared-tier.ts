import type { RemoteAddress, RemoteOffer } from '@magpie/cache';
import { engineTags } from '@magpie/cache/entries';
import type { RemoteStore } from '../../src/remote/remote-store.ts';
import { SharedTier, type SharedTierOptions } from '../../src/remote/tier.ts';
import { ManualTime } from '../setup/manual-time.ts';

/** A log for a test to write. It is known as a whole. */
export class TestLog {
  epoch = 'e1';
  xid = 100;
  isLeased = true;
  readonly positions = new Map<string, number>();

  now() {
    return this.isLeased ? { epoch: this.epoch, horizon: this.xid } : undefined;
  }

  isValid({ epoch, horizon }: { epoch: string; horizon: number }, tags: readonly string[]) {
    return this.isLeased && epoch === this.epoch && tags.every((tag) => (this.positions.get(tag) ?? 0) <= horizon);
  }

  outdate(tags: readonly string[]) {
    for (const tag of tags) this.positions.set(tag, this.xid + 1);
  }

  /** Something is written and told. It takes a while until loads are known to show it. */
  write(tag: string) {
    this.positions.set(tag, this.xid + 1);
  }

  read() {
    this.xid++;
  }
}

export const address: RemoteAddress = { category: 'POSTS', key: 'key', namespace: 'ws_1' };

/** Processes that share a store. All have the same clock, unless a test moves one. */
export function processOf(store: RemoteStore, log = new TestLog(), options: Partial<SharedTierOptions> = {}) {
  const time = new ManualTime();
  const changes: string[] = [];
  let wallMs = 1_700_000_000_000;
  const tier = new SharedTier({
    ...{ store, log, categories: ['POSTS', 'AI'], schemaVersion: 's1', policyVersion: 'p1' },
    time: { now: () => time.clock.now(), after: (delayMs, run) => time.after(delayMs, run) },
    wallNow: () => wallMs,
    onChange: (kind, state) => changes.push(`${kind} ${state}`),
    ...options,
  });
  return {
    ...{ tier, log, time, changes },
    pass(ms: number) {
      wallMs += ms;
      time.pass(ms);
    },
    find: (at: RemoteAddress = address) => tier.find(at),
    /** Loads a value and offers it. Resolves when it is written, or not. */
    async load(value: unknown, offer: Partial<RemoteOffer> = {}, at: RemoteAddress = address) {
      const offered = tier.begin(at);
      const tags = [...engineTags(at.category, at.key, at.namespace), 'ws_1/Post'];
      offered?.({
        value,
        tags,
        ageMs: 0,
        validForMs: Number.POSITIVE_INFINITY,
        loadMs: 3,
        freshForMs: 60_000,
        ...offer,
      });
      await tier.flushed();
    },
  };
}
