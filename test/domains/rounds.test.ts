import { describe, expect, it } from 'vitest';
import { Rounds } from '../../src/domains/rounds.ts';

function start() {
  let nowMs = 0;
  const rounds = new Rounds('publisher', () => nowMs);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  const fail = () => rounds.run(async () => Promise.reject(new Error('down'))).catch(() => {});
  return { rounds, pass, fail };
}

describe('work that is done in rounds', () => {
  it('has no problem while its rounds succeed, and before the first', async () => {
    const { rounds, pass } = start();
    expect(rounds.problem()).toBeUndefined();
    for (let round = 0; round < 10; round++) {
      expect(await rounds.run(async () => round)).toBe(round);
      pass(60_000);
      expect(rounds.problem()).toBeUndefined();
    }
  });

  it('has one when all have failed for more than a minute, until one succeeds', async () => {
    const { rounds, pass, fail } = start();
    for (let second = 0; second < 60; second += 10) {
      await fail();
      pass(10_000);
    }
    expect(rounds.problem()).toBeUndefined();
    pass(1_500);
    expect(rounds.problem()).toBe('publisher: has failed for 61 s and is retried; the log has the cause');
    await rounds.run(async () => {});
    expect(rounds.problem()).toBeUndefined();
    await fail();
    expect(rounds.problem()).toBeUndefined();
  });

  it('has one when a round does not end for more than a minute', async () => {
    const { rounds, pass } = start();
    let end = () => {};
    const round = rounds.run(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    pass(60_000);
    expect(rounds.problem()).toBeUndefined();
    pass(1_000);
    expect(rounds.problem()).toBe('publisher: a round has not ended for 61 s');
    end();
    await round;
    expect(rounds.problem()).toBeUndefined();
  });
});
