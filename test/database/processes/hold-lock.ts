// Locks the folder of its argument when a line arrives, says `held` or why not, and stays.
import { once } from 'node:events';
import { lockDataDir } from '../../../src/database/data-dir-lock.ts';

console.log(process.pid);
await once(process.stdin, 'data');
console.log(
  await lockDataDir(process.argv[2]!).then(
    () => 'held',
    (error: Error) => error.message,
  ),
);
