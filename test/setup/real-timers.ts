import timers from 'node:timers';
import { beforeAll } from 'vitest';

// Files share their worker's globals: a fake that one leaves would hang the next one that waits, or make it pass by luck.
beforeAll(() => {
  for (const name of [
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'setImmediate',
    'clearImmediate',
  ] as const)
    if (globalThis[name] !== timers[name])
      throw new Error(`expected the real ${name}, but got a fake that an earlier file of this worker has left`);
});
