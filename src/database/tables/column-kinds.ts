import type { ColumnType } from 'kysely';

/** A folded column, written only together with its source column: see `write-folded-columns.ts`. */
export type Folded<T extends string | null = string> = ColumnType<T, never, never>;
