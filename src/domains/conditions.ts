import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { searchKey } from '../text/folding.ts';
import type { Page } from './connection.ts';
import { idsOf, type NodeType } from './ids.ts';

/** The `like` pattern that finds a text anywhere in a folded column. Its wildcards are escaped. */
export function containing(search: string): string {
  return `%${searchKey(search).replace(/[\\%_]/g, '\\$&')}%`;
}

/** The right side of `=` that matches any of the values, and nothing for none. The statement does not depend on their number. */
export function anyOf<T extends string>(values: readonly T[]): RawBuilder<T> {
  return sql<T>`any(${values}::text[])`;
}

/** Selects the rows whose column refers to a node, or to none if `id` is null. An id of another type matches no row. */
export function isReference(type: NodeType, column: string, id: string | null): RawBuilder<SqlBool> {
  if (id === null) return sql<SqlBool>`${sql.ref(column)} is null`;
  return sql<SqlBool>`${sql.ref(column)} = ${anyOf(idsOf(type, [id]))}`;
}

/** Selects the rows after a page's cursor in the order (instant desc, id desc); all rows for the first page. */
export function olderThan(page: Page, columns: { instant: string; id: string }): RawBuilder<SqlBool> {
  if (page.after === null) return sql<SqlBool>`true`;
  const [at, id] = page.after;
  return sql<SqlBool>`(${sql.ref(columns.instant)}, ${sql.ref(columns.id)}) < (${at}::timestamptz, ${id})`;
}
