import { type Insertable, sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import { withFoldedColumns } from '../../database/folded-columns.ts';
import type { Tables } from '../../database/tables.ts';

/** The rows of tables, in the order that foreign keys require. */
export type Batch = readonly { [T in keyof Tables]: TableRows<T> }[keyof Tables][];

interface TableRows<T extends keyof Tables> {
  readonly table: T;
  readonly rows: readonly Insertable<Tables[T]>[];
}

/** Rows in one statement, whose text then has a few megabytes. */
const rowsAtOnce = 5_000;

/**
 * Inserts rows with one parameter for each statement. PostgreSQL reads the rows from JSON, much faster than from a list of values.
 */
export async function insertAll(queries: Queries, batch: Batch): Promise<void> {
  for (const { table, rows: unfolded } of batch) {
    if (unfolded.length === 0) continue;
    const rows = unfolded.map((row) => withFoldedColumns(table, row));
    const columns = Object.keys(rows[0]!);
    const names = sql.join(columns.map((column) => sql.ref(column)));
    for (let start = 0; start < rows.length; start += rowsAtOnce) {
      const chunk = JSON.stringify(rows.slice(start, start + rowsAtOnce).map(inSnakeCase));
      await sql`
        insert into ${sql.table(table)} (${names})
        select ${names} from jsonb_populate_recordset(null::${sql.table(table)}, ${chunk}::jsonb)
      `.execute(queries);
    }
  }
}

function inSnakeCase(row: object): object {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [snakeCase(column), value]));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
