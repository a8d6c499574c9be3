import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { failureOf } from '../../src/database/errors.ts';
import { type EndTurn, FairTurns, type FairTurnsOptions, ownLane } from '../../src/limits/fair-turns.ts';

/** Turns whose beginning is noted by the lane, and which end when the test says so. */
function start(options: Omit<FairTurnsOptions, 'resource'>) {
  const turns = new FairTurns({ resource: 'a turn', ...options });
  const begun: string[] = [];
  const running: { lane: string; end: EndTurn }[] = [];
  return {
    turns,
    begun,
    /** Asks so many times, and resolves when those have begun that may. */
    async ask(lane: string, times = 1) {
      for (let time = 0; time < times; time++)
        void turns.take(lane).then(
          (end) => {
            begun.push(lane);
            running.push({ lane, end });
          },
          () => {},
        );
      await settled();
    },
    async end(lane: string) {
      const index = running.findIndex((one) => one.lane === lane);
      running.splice(index, 1)[0]!.end();
      await settled();
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('leave room for newcomers at once, however much one lane asks for', async () => {
    const { ask, begun } = start({ atMost: 20 });
    await ask('greedy', 100);
    expect(begun, 'nobody else wants them').toHaveLength(16);
    for (const newcomer of ['a', 'b', 'c', 'd']) {
      await ask(newcomer, 2);
      expect(begun.at(-1)).toBe(newcomer);
    }
    expect(begun).toHaveLength(20);
  });

  it('always leave one', async () => {
    for (const atMost of [2, 3, 4, 5]) {
      const { ask, begun } = start({ atMost });
      await ask('greedy', 10);
      expect(begun).toHaveLength(atMost - 1);
      await ask('newcomer');
      expect(begun).toHaveLength(atMost);
    }
  });

  it('beyond its share are given up by a lane to those that have less than theirs', async () => {
    const { ask, begun, end } = start({ atMost: 10 });
    await ask('greedy', 20);
    await ask('other', 20);
    expect(begun.map((lane) => lane[0]).join('')).toBe('ggggggggo');
    for (let time = 0; time < 4; time++) await end('greedy');
    expect(begun.slice(9), 'three of ten are the share of each of two').toEqual(['other', 'other', 'greedy']);
  });

  it('go round among the lanes that wait, not among their requests', async () => {
    const { ask, begun, end } = start({ atMost: 1 });
    await ask('a', 3);
    await ask('b', 2);
    await ask('c', 1);
    for (const lane of ['a', 'b', 'c', 'a', 'b', 'a']) {
      expect(begun.at(-1)).toBe(lane);
      await end(lane);
    }
    expect(begun).toEqual(['a', 'b', 'c', 'a', 'b', 'a']);
  });

  it('come in the end to a lane that waits, however many newcomers there are', async () => {
    const { ask, begun, end } = start({ atMost: 1 });
    await ask('heavy', 3);
    for (const lane of ['n1', 'n2', 'n3', 'n4', 'n5', 'n6']) {
      await ask(lane);
      await end(begun.at(-1)!);
    }
    expect(begun).toEqual(['heavy', 'n1', 'heavy', 'n2', 'n3', 'heavy', 'n4']);
  });

  it('of the server itself have no share, as it bounds its own work', async () => {
    const { ask, begun } = start({ atMost: 4 });
    await ask(ownLane, 5);
    expect(begun).toHaveLength(4);
  });

  it('end once, however often their end is said', async () => {
    const { turns, ask, begun } = start({ atMost: 1 });
    const end = await turns.take('a');
    end();
    end();
    await ask('a', 2);
    expect(begun).toHaveLength(1);
  });

  it('are refused at once when too many of one lane wait, and to others not', async () => {
    const { turns, ask, begun, end } = start({ atMost: 1, maxWaiting: 2 });
    await ask('a', 3);
    const refused = await turns.take('a').catch((error: unknown) => error);
    expect(failureOf(refused)).toBe('unavailable');
    expect(String(refused)).toContain('expected at most 2 requests of one workspace to wait for a turn');
    await ask('b');
    await end('a');
    expect(begun).toEqual(['a', 'b']);
  });

  it('are refused when they do not come in time, and then leave the queue', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { turns, ask, begun, end } = start({ atMost: 1, waitMs: 30_000 });
    await ask('a');
    const late = turns.take('a').catch((error: unknown) => error);
    vi.advanceTimersByTime(30_000);
    expect(String(await late)).toContain('expected a turn within 30 s, but got none');
    await ask('b');
    await end('a');
    expect(begun).toEqual(['a', 'b']);
    vi.advanceTimersByTime(60_000);
  });

  it('are refused to all that wait when there is nothing to wait for', async () => {
    const { turns, ask, begun, end } = start({ atMost: 1 });
    await ask('a');
    const waiting = ['a', 'b', 'b'].map((lane) => turns.take(lane).catch((error: Error) => error.message));
    turns.refuseWaiting(new Error('away'));
    expect(await Promise.all(waiting)).toEqual(['away', 'away', 'away']);
    await end('a');
    await ask('c');
    expect(begun).toEqual(['a', 'c']);
  });
});
