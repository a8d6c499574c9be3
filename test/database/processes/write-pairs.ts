// When a line arrives, opens the embedded database of its argument, prints the pairs that it finds there, then writes more
// until it is killed, printing the number of each as soon as its transaction is acknowledged.
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { sql } from 'kysely';
import { openDatabase } from '../../../src/database/database.ts';

await once(process.stdin, 'data');
const database = await openDatabase({ dataDir: process.argv[2] });
const { queries } = database;
const print = (line: string) => writeSync(1, `${line}\n`); // leaves the process before anything else happens

await sql`create table if not exists halves (pair int, half text, filler text, primary key (pair, half))`.execute(
  queries,
);
const found = await sql<{ pair: number; halves: number }>`
  select pair, count(*) as halves from halves group by pair order by pair`.execute(queries);
print(JSON.stringify(found.rows));

for (let pair = (found.rows.at(-1)?.pair ?? 0) + 1; ; pair += 1) {
  await queries.transaction().execute(async (transaction) => {
    await sql`insert into halves values (${pair}, 'left', repeat('l', 500))`.execute(transaction);
    await sql`insert into halves values (${pair}, 'right', repeat('r', 500))`.execute(transaction);
  });
  print(String(pair));
  if (pair % 50 === 0) await sql`checkpoint`.execute(queries);
}
