// Opens the database of its argument, when a line arrives, and closes it.
import { once } from 'node:events';
import { openDatabase } from '../../../src/database/database.ts';

console.log('ready');
await once(process.stdin, 'data');
process.stdin.destroy();
const database = await openDatabase({ url: process.argv[2] });
await database.close();
