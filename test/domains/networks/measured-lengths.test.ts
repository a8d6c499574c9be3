import { describe, expect, it } from 'vitest';
import {
  lengthsInTransaction,
  MeasuredLengths,
  withMeasuredTexts,
} from '../../../src/domains/networks/measured-lengths.ts';
import { textLength } from '../../../src/domains/networks/text-length.ts';
import { UnavailableError } from '../../../src/unavailable-error.ts';

/** Lengths that note each text and network that is measured, and the turn of the event loop. */
function noted() {
  const measured: string[] = [];
  const turns: number[] = [];
  let turn = 0;
  const lengths = new MeasuredLengths((network, text) => {
    measured.push(`${network} ${text.slice(0, 3)}`);
    turns.push(turn);
    return textLength(network, text);
  });
  const countTurns = async (work: Promise<unknown>) => {
    let isOver = false;
    const count = () => {
      turn += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await work.finally(() => {
      isOver = true;
    });
  };
  return { lengths, measured, turns, countTurns };
}

const long = (beginning: string) => beginning + 'x'.repeat(2_000);

describe('the lengths of a text', () => {
  it.each([
    ['short', 'Hello'],
    ['long', long('Hel')],
  ])('are those of each network, in the order that is asked for: a %s text', async (_, text) => {
    const networks = ['X', 'BLUESKY', 'X', 'MASTODON'] as const;
    const expected = networks.map((network) => textLength(network, text));
    expect(await new MeasuredLengths().of('a', { networks, text })).toEqual(expected);
  });

  it.each([
    ['short', 'Hello'],
    ['long', long('Hel')],
  ])('are computed once for each network, however often they are asked for: a %s text', async (_, text) => {
    const { lengths, measured } = noted();
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => lengths.of(`w${i % 3}`, { networks: ['X', 'THREADS'], text })),
    );
    await lengths.of('a', { networks: ['X', 'LINKEDIN'], text: [...text].join('') });
    expect(measured).toEqual(['X Hel', 'THREADS Hel', 'LINKEDIN Hel']);
  });

  it('are remembered for a limited number of texts', async () => {
    const { lengths, measured } = noted();
    for (let i = 0; i < 5_001; i += 1) await lengths.of('a', { networks: ['TIKTOK'], text: `${i}` });
    await lengths.of('a', { networks: ['TIKTOK'], text: '5000' });
    expect(measured).toHaveLength(5_001);
    await lengths.of('a', { networks: ['TIKTOK'], text: '0' });
    expect(measured).toHaveLength(5_002);
  });

  it('of a long text are computed in a turn of the event loop that no other long text has', async () => {
    const { lengths, turns, countTurns } = noted();
    const texts = Array.from({ length: 20 }, (_, i) => long(String(i).padStart(3)));
    await countTurns(Promise.all(texts.map((text) => lengths.of('a', { networks: ['X'], text }))));
    expect(new Set(turns).size).toBe(20);
  });

  it('of a long text are refused while more of the workspace wait than an operation can ask for', async () => {
    const { lengths } = noted();
    const ask = (workspaceId: string) => lengths.of(workspaceId, { networks: ['X'], text: long('one') });
    const waiting = Array.from({ length: 5_001 }, () => ask('a')); // one has its turn
    await expect(ask('a')).rejects.toThrow(
      new UnavailableError(
        'expected at most 5000 requests of one workspace to wait for the measurement of a text, but got more',
      ),
    );
    await ask('b');
    await Promise.all(waiting);
  });

  it('do not wait for all long texts of another workspace', async () => {
    const { lengths, measured } = noted();
    const texts = Array.from({ length: 20 }, (_, i) => long(String(i).padStart(3)));
    const all = texts.map((text) => lengths.of('a', { networks: ['X'], text }));
    await lengths.of('b', { networks: ['X'], text: long('of b') });
    expect(measured.length).toBeLessThan(4);
    await Promise.all(all);
  });
});

describe('a transaction that measures texts', () => {
  /** Runs one with the texts of each run, and counts the runs. */
  async function run(textOf: (repetition: number) => string) {
    let runs = 0;
    const lengths = withMeasuredTexts('w', async () =>
      lengthsInTransaction([{ networks: ['X', 'THREADS'], text: textOf(runs++) }]),
    );
    return { result: await lengths.catch((error: Error) => error), runs };
  }
  const expected = (text: string) => [[textLength('X', text), textLength('THREADS', text)]];

  it('runs once with short texts, and with those that were measured before', async () => {
    expect(await run(() => 'Hello')).toEqual({ result: expected('Hello'), runs: 1 });
    const text = long('known');
    await run(() => text);
    expect(await run(() => text)).toEqual({ result: expected(text), runs: 1 });
  });

  it('is not under way while a long text waits to be measured, and runs again then', async () => {
    const text = long('unknown');
    expect(await run(() => text)).toEqual({ result: expected(text), runs: 2 });
  });

  it('is given up when there are other texts again and again', async () => {
    const { result, runs } = await run((repetition) => long(`changed ${repetition}`));
    expect(result).toBeInstanceOf(UnavailableError);
    expect(runs).toBe(4);
  });
});
