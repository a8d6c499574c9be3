import { existsSync, readFileSync } from 'node:fs';

/** Begins to measure; the function tells the share of the cores' time since then that the hypervisor gave to other machines. */
export function measureStolen(): () => number {
  const before = coreTimes();
  return () => {
    const after = coreTimes();
    const all = after.all - before.all;
    return all > 0 ? (after.stolen - before.stolen) / all : 0;
  };
}

/** In ticks, of all cores: the first line of /proc/stat, whose eighth figure is `steal` (proc(5)). Nothing where there is none. */
function coreTimes(): { all: number; stolen: number } {
  const file = '/proc/stat';
  if (!existsSync(file)) return { all: 0, stolen: 0 };
  const [, ...ticks] = readFileSync(file, 'latin1').split('\n', 1)[0]!.split(/\s+/);
  const times = ticks.slice(0, 8).map(Number);
  return { all: times.reduce((sum, time) => sum + time, 0), stolen: times[7] ?? 0 };
}
