import { describe, expect, it, vi } from 'vitest';
import { type Member, Relay, RelayLine, type ToPrimary, type ToWorker } from '../../src/workers/relay.ts';

interface TestWorker {
  readonly line: RelayLine;
  readonly applied: string[];
  isHanging: boolean;
  isDead: boolean;
  die(): void;
}

/** Workers and a primary that talk without processes: each message arrives in a later turn, in order. */
function createGroup(count: number) {
  const relay = new Relay({ ackWithinMs: 1_000 });
  const workers = Array.from({ length: count }, (): TestWorker => {
    let listen: (message: ToWorker) => void = () => {};
    const applied: string[] = [];
    const member: Member = {
      send: (message) => queueMicrotask(() => !worker.isHanging && !worker.isDead && listen(message)),
      kill: () => worker.die(),
    };
    const line = new RelayLine({
      send: (message: ToPrimary) => queueMicrotask(() => relay.receive(member, message)),
      onMessage: (listener) => {
        listen = listener;
      },
    });
    const worker: TestWorker = {
      ...{ line, applied, isHanging: false, isDead: false },
      die() {
        worker.isDead = true;
        relay.leave(member);
      },
    };
    line.join({
      apply: (tags) => void applied.push(...tags),
      clearAll: () => void applied.push('everything'),
    });
    return worker;
  });
  return workers as [TestWorker, ...TestWorker[]];
}

const turns = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

describe('an invalidation of one worker', () => {
  it('has reached every other worker before it is agreed', async () => {
    const [origin, ...others] = createGroup(3);
    await turns();
    await origin.line.spread(['ws/Post'], 'createPost');
    expect(others.map(({ applied }) => applied)).toEqual([['ws/Post'], ['ws/Post']]);
    expect(origin.applied).toEqual([]);
  });

  it('is agreed at once by a worker that is alone', async () => {
    const [origin] = createGroup(1);
    await turns();
    await expect(origin.line.spread(['ws/Post'], undefined)).resolves.toBeUndefined();
  });

  it('waits for one that hangs until that one is ended', async () => {
    vi.useFakeTimers();
    try {
      const [origin, hanging, other] = createGroup(3) as [TestWorker, TestWorker, TestWorker];
      await turns();
      hanging.isHanging = true;
      let isAgreed = false;
      const agreed = origin.line.spread(['ws/Post'], undefined).then(() => {
        isAgreed = true;
      });
      await turns();
      expect({ isAgreed, applied: other.applied }).toEqual({ isAgreed: false, applied: ['ws/Post'] });
      await vi.advanceTimersByTimeAsync(1_000);
      await agreed;
      expect(hanging.isDead).toBe(true);
      expect(other.isDead).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps its order among several at once, and answers each', async () => {
    const [one, two, three] = createGroup(3) as [TestWorker, TestWorker, TestWorker];
    await turns();
    await Promise.all([one.line.spread(['a'], 'x'), one.line.spread(['b'], 'x'), two.line.spread(['c'], 'y')]);
    expect(three.applied.filter((tag) => tag !== 'c')).toEqual(['a', 'b']);
    expect([one.applied, two.applied, three.applied.length]).toEqual([['c'], ['a', 'b'], 3]);
  });
});

describe('a worker that dies', () => {
  it('may have written what nobody was told, so the others forget all that they keep', async () => {
    const [dying, ...others] = createGroup(3);
    await turns();
    dying.die();
    await turns();
    expect(others.map(({ applied }) => applied)).toEqual([['everything'], ['everything']]);
  });
});
