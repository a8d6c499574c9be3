import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Member, Relay, RelayLine, type ToWorker } from '../../src/workers/relay.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A worker beside a primary, without processes. What it was told last stands in `untilMs`. */
function join(relay: Relay) {
  let listen: (message: ToWorker) => void = () => {};
  const worker = {
    untilMs: 0,
    isDead: false,
    stop: () => Promise.resolve(),
  };
  const member: Member = {
    send: (message) => void (worker.isDead || listen(message)),
    kill() {
      worker.isDead = true;
      relay.leave(member);
    },
  };
  const line = new RelayLine({
    send: (message) => relay.receive(member, message),
    onMessage: (listener) => {
      listen = listener;
    },
  });
  line.join({
    apply() {},
    clearAll() {},
    async allowCaching(untilMs) {
      worker.untilMs = untilMs;
      if (untilMs === 0) await worker.stop();
    },
  });
  return worker;
}

describe('workers', () => {
  it('cache until the moment that the primary says, also those that come later', async () => {
    const relay = new Relay({ ackWithinMs: 1_000 });
    const early = join(relay);
    expect(early.untilMs).toBe(0);
    const untilMs = performance.now() + 3_000;
    await relay.allowCaching(untilMs);
    const late = join(relay);
    // The machine's uptime is told in hundredths of a second.
    expect(Math.abs(early.untilMs - untilMs)).toBeLessThan(50);
    expect(Math.abs(late.untilMs - untilMs)).toBeLessThan(50);
  });

  it('have stopped when each of them says so', async () => {
    const relay = new Relay({ ackWithinMs: 1_000 });
    const [one, two] = [join(relay), join(relay)];
    await relay.allowCaching(performance.now() + 3_000);
    const events: string[] = [];
    let end = () => {};
    two.stop = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    const stopped = relay.allowCaching(0).then(() => events.push('stopped'));
    await vi.advanceTimersByTimeAsync(500);
    events.push('ended');
    end();
    await stopped;
    expect(events).toEqual(['ended', 'stopped']);
    expect([one, two]).toMatchObject([
      { untilMs: 0, isDead: false },
      { untilMs: 0, isDead: false },
    ]);
    expect(join(relay).untilMs).toBe(0);
  });

  it('are ended when they do not say so', async () => {
    const relay = new Relay({ ackWithinMs: 1_000 });
    const [hanging, other] = [join(relay), join(relay)];
    await relay.allowCaching(performance.now() + 3_000);
    hanging.stop = () => new Promise(() => {});
    const stopped = relay.allowCaching(0);
    await vi.advanceTimersByTimeAsync(1_000);
    await stopped;
    expect([hanging.isDead, other.isDead]).toEqual([true, false]);
  });
});
