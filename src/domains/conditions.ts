import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { searchKey } from '../text/folding.ts';
import type { Page } from './connection.ts';
import { idsOf, type NodeType } from './ids.ts';

/** The `like` pattern of a search in a folded column: the text anywhere, with nothing in it that stands for something else. */
export function containing(search: string): string {
  return `%${searchKey(search).replace(/[\\%_]/g, '\\$&')}%`;
}

/** The right side of `=` for any of some values: one statement whatever their number, and false for none. */
export function anyOf<T extends string>(values: readonly T[]): RawBuilder<T> {
  return sql<T>`any(${values}::text[])`;
}

/** Rows whose column refers to this node; null: to none. An id of another type fits no row. */
export function isReference(type: NodeType, column: string, id: string | null): RawBuilder<SqlBool> {
  if (id === null) return sql<SqlBool>`${sql.ref(column)} is null`;
  return sql<SqlBool>`${sql.ref(column)} = ${anyOf(idsOf(type, [id]))}`;
}

/** The rows behind a page's cursor, in the order (instant desc, id desc); all of them on the first page. */
export function olderThan(page: Page, columns: { instant: string; id: string }): RawBuilder<SqlBool> {
  if (page.after === null) return sql<SqlBool>`true`;
  const [at, id] = page.after;
  return sql<SqlBool>`(${sql.ref(columns.instant)}, ${sql.ref(columns.id)}) < (${at}::timestamptz, ${id})`;
}
