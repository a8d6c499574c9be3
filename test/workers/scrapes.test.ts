import { describe, expect, it } from 'vitest';
import { Scrapes } from '../../src/workers/scrapes.ts';
import { ManualTime } from '../setup/manual-time.ts';

function create() {
  const time = new ManualTime();
  const asked: number[] = [];
  const scrapes = new Scrapes({
    workers: 3,
    ask: (worker) => void asked.push(worker),
    after: (delayMs, run) => time.after(delayMs, run),
  });
  return { time, asked, scrapes };
}

describe('a scrape of several workers', () => {
  it('has what each of them told, and ends with the last answer', async () => {
    const { scrapes, asked, time } = create();
    const scrape = scrapes.run([1, 2, 3]);
    expect(asked).toEqual([1, 2, 3]);
    for (const worker of [3, 1, 2]) scrapes.take(worker, `metrics of ${worker}`);
    expect(await scrape).toEqual({
      workers: 3,
      answers: [1, 2, 3].map((worker) => ({ worker, text: `metrics of ${worker}` })),
    });
    expect(time.alarms).toBe(0);
  });

  it('is without those that fail, end, or do not serve yet, for which it does not wait', async () => {
    const { scrapes } = create();
    const scrape = scrapes.run([1, 2]);
    scrapes.take(1, undefined);
    scrapes.take(2, 'two');
    expect(await scrape).toEqual({ workers: 3, answers: [{ worker: 2, text: 'two' }] });
    expect(await scrapes.run([])).toEqual({ workers: 3, answers: [] });
  });

  it('is without one that does not answer within a second, which is asked no more until it answers', async () => {
    const { scrapes, asked, time } = create();
    const first = scrapes.run([1, 2]);
    scrapes.take(1, 'one');
    time.pass(1_000);
    expect((await first).answers).toEqual([{ worker: 1, text: 'one' }]);

    const second = scrapes.run([1, 2]);
    expect(asked).toEqual([1, 2, 1]);
    scrapes.take(1, 'one again');
    scrapes.take(2, 'two at last');
    expect((await second).answers.map(({ text }) => text)).toEqual(['one again', 'two at last']);

    void scrapes.run([1, 2]);
    expect(asked).toEqual([1, 2, 1, 1, 2]);
  });

  it('is one for all that ask meanwhile', async () => {
    const { scrapes, asked } = create();
    const both = Promise.all([scrapes.run([1]), scrapes.run([1, 2])]);
    scrapes.take(1, 'one');
    const [one, other] = await both;
    expect(one).toBe(other);
    expect(asked).toEqual([1]);
  });
});
