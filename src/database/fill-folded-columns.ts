import { type Kysely, sql } from 'kysely';
import { foldedColumnsOf, foldedValue } from './folded-columns.ts';

const rowsAtOnce = 500;

/** Fills the folded columns of existing rows in batches, where they differ. The tables have an `id`. */
export async function fillFoldedColumns<Tables>(
  transaction: Kysely<Tables>,
  columns: readonly (readonly [table: string, column: string])[],
): Promise<void> {
  for (const [table, column] of columns) {
    const twin = foldedColumnsOf(table)![column]!;
    for (let after = ''; ; ) {
      const { rows } = await sql<{ id: string; text: string }>`
        select id, ${sql.ref(column)} as text from ${sql.table(table)}
        where id > ${after} and ${sql.ref(column)} is not null order by id limit ${rowsAtOnce}`.execute(transaction);
      if (rows.length === 0) break;
      await sql`
        update ${sql.table(table)} as filled set ${sql.ref(twin.into)} = folded.text
        from unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ text }) => foldedValue(twin, text))}::text[])
          as folded (id, text)
        where filled.id = folded.id and filled.${sql.ref(twin.into)} is distinct from folded.text`.execute(transaction);
      after = rows.at(-1)!.id;
    }
  }
}
