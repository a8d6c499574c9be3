import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Of the room for young objects: below V8's own mark of four fifths (`--scavenge-task-trigger`), and not far, as each collection
 * keeps what is alive by chance.
 */
const nearShare = 0.72;

let isPlanned = false;

/**
 * To be called when an answer begins to be made anew, for which the database is asked as a rule. Young objects are collected
 * meanwhile, if that is near: V8 would do so a moment later, while answers are given that wait for nothing but it, for a
 * millisecond or two.
 */
export function collectWhileWaiting(): void {
  if (isPlanned) return;
  isPlanned = true;
  setImmediate(collectIfNear); // what has arrived already is answered first
}

function collectIfNear(): void {
  isPlanned = false;
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  if (!young) return; // not the V8 that we know
  const { space_used_size: used, space_available_size: available } = young;
  if (used >= nearShare * (used + available)) collect?.({ type: 'minor' });
}

/** Contexts that are made under the flag have it as a global. */
setFlagsFromString('--expose-gc');
const collect: ((options: { type: 'minor' }) => void) | undefined = runInNewContext('globalThis.gc');
setFlagsFromString('--no-expose-gc');
