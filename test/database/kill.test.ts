import { describe, expect, it } from 'vitest';
import { createDataDir } from '../setup/databases.ts';
import { nextLine, startProcess } from '../setup/processes.ts';

const kills = 6;

describe('an embedded database whose process is killed in the middle of writes', () => {
  it(`has every acknowledged transaction, and no half one, each of ${kills} times`, async () => {
    const dataDir = await createDataDir();
    const startWriter = () => startProcess(new URL('./processes/write-pairs.ts', import.meta.url), dataDir);
    let acknowledged = 0;
    for (let kill = 0; kill <= kills; kill += 1) {
      const writer = await startWriter();
      writer.child.stdin.write('go\n');
      const found: { pair: number; halves: number }[] = JSON.parse(await nextLine(writer));
      expect(found.filter(({ halves }) => halves !== 2)).toEqual([]);
      // One more than was acknowledged may be there: it was committed, and the process killed before it could say so.
      expect(found.length - acknowledged).toBeOneOf([0, 1]);
      expect(found.map(({ pair }) => pair)).toEqual(found.map((_, index) => index + 1));

      const writes = 1 + ((kill * 37) % 60);
      for (let write = 0; write < writes; write += 1) await nextLine(writer);
      writer.child.kill('SIGKILL');
      acknowledged = found.length + writes + (await rest(writer.lines));
      expect(await writer.ended).toBe('SIGKILL');
    }
    expect(acknowledged).toBeGreaterThan(kills);
  }, 600_000);
});

/** How many more lines were printed before the kill took effect. */
async function rest(lines: AsyncIterator<string>): Promise<number> {
  let count = 0;
  while (!(await lines.next()).done) count += 1;
  return count;
}
