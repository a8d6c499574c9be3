import type { Step } from './figures.ts';

/** The steps that are known, and those others whose time is not among theirs; the earliest first. */
export function completed(known: readonly Step[], others: readonly Step[]): Step[] {
  const seconds = new Set(known.flatMap(secondsOf));
  const added = others.filter(({ atMs }) => !seconds.has(atMs));
  return [...known, ...added].sort((one, other) => one.atMs - other.atMs);
}

/** Steps with one more. When the server's clock was set back, those under later times are removed, as the server does. */
export function extended(steps: readonly Step[], step: Step): Step[] {
  return [...steps.filter(({ atMs }) => atMs <= step.atMs), step];
}

/** The steps of the last seconds before the end of the latest one. */
export function latest(steps: readonly Step[], seconds: number): Step[] {
  const endMs = steps.at(-1)?.atMs ?? 0;
  return steps.filter(({ atMs }) => atMs > endMs - seconds * 1_000);
}

/** More seconds than are ever shown one by one. */
const maxSeconds = 3_600;

/** The ends of the seconds that a step covers, in milliseconds since 1970. */
function secondsOf({ atMs, seconds }: Step): number[] {
  const length = Math.min(maxSeconds, Math.max(1, Math.round(seconds)));
  return Array.from({ length }, (_, back) => atMs - back * 1_000);
}
