import { describe, expect, it } from 'vitest';
import { throttled } from '../src/throttled-log.ts';

function start() {
  const lines: unknown[] = [];
  const line = (level: string) => (details: object, message: string) => lines.push([level, message, details]);
  const ends: (() => void)[] = [];
  const log = throttled(
    { info: line('info'), warn: line('warn'), error: line('error') },
    { after: (_ms, run) => ends.push(run) },
  );
  return { log, lines, endSecond: () => ends.shift()?.() };
}

describe('a throttled log', () => {
  it('writes the first line at once, and of those of the next second the last, with the number of the others', () => {
    const { log, lines, endSecond } = start();
    for (let at = 1; at <= 5; at++) log.error({ at }, 'away');
    expect(lines).toEqual([['error', 'away', { at: 1 }]]);
    endSecond();
    expect(lines.slice(1)).toEqual([['error', 'away', { at: 5, suppressed: 3 }]]);
  });

  it('writes one line a second for as long as it goes on, and at once when it begins again', () => {
    const { log, lines, endSecond } = start();
    log.warn({ at: 1 }, 'away');
    log.warn({ at: 2 }, 'away');
    endSecond();
    log.warn({ at: 3 }, 'away');
    expect(lines).toHaveLength(2);
    endSecond();
    expect(lines).toHaveLength(3);
    endSecond();
    endSecond();
    expect(lines).toHaveLength(3);
    log.warn({ at: 4 }, 'away');
    expect(lines.map((line) => (line as unknown[])[2])).toEqual([{ at: 1 }, { at: 2 }, { at: 3 }, { at: 4 }]);
  });

  it('tells kinds of one message apart, a hundred at a time; beyond, they are one', () => {
    const { log, lines } = start();
    for (let round = 0; round < 2; round++)
      for (let kind = 0; kind < 150; kind++) log.error({ kind }, 'a bug', String(kind));
    expect(lines.map((line) => (line as [string, string, { kind: number }])[2].kind)).toEqual(
      Array.from({ length: 101 }, (_, kind) => kind),
    );
  });

  it('tells messages apart, and lets information pass', () => {
    const { log, lines } = start();
    for (let at = 1; at <= 2; at++) {
      log.error({ at }, 'away');
      log.error({ at }, 'full');
      log.info({ at }, 'published');
    }
    expect(lines.map((line) => (line as unknown[])[1])).toEqual(['away', 'full', 'published', 'published']);
  });
});
