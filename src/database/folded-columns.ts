import { emailKey, handleKey, searchKey } from '../text/folding.ts';
import type { Tables } from './tables.ts';

export interface FoldedColumn {
  /** The column with the folded text. */
  readonly into: string;
  readonly fold: (text: string) => string;
}

/**
 * Source columns with their folded columns, which are used to compare and search text. PostgreSQL itself cannot fold reliably:
 * `lower` and `ilike` depend on its locale, and handle only ASCII in the locale "C".
 */
const foldedColumns: { readonly [T in keyof Tables]?: { readonly [C in keyof Tables[T]]?: FoldedColumn } } = {
  users: { email: { into: 'emailKey', fold: emailKey } },
  accounts: { handle: { into: 'handleKey', fold: handleKey } },
  conversations: { contactHandle: { into: 'contactKey', fold: handleKey } },
  posts: { text: { into: 'foldedText', fold: searchKey } },
  postTargets: { textOverride: { into: 'foldedTextOverride', fold: searchKey } },
  templates: {
    title: { into: 'foldedTitle', fold: searchKey },
    body: { into: 'foldedBody', fold: searchKey },
  },
  campaigns: {
    name: { into: 'foldedName', fold: searchKey },
    brief: { into: 'foldedBrief', fold: searchKey },
  },
  mediaAssets: {
    fileName: { into: 'foldedFileName', fold: searchKey },
    altText: { into: 'foldedAltText', fold: searchKey },
  },
};

/** The folded columns of a table by the names of their source columns; undefined for a table without any. */
export function foldedColumnsOf(table: string): Readonly<Record<string, FoldedColumn>> | undefined {
  return foldedColumns[table as keyof Tables] as Record<string, FoldedColumn> | undefined;
}

/** A row with the folded columns for the source columns that it has. */
export function withFoldedColumns(table: string, row: object): object {
  const values = row as Readonly<Record<string, unknown>>;
  const twins = Object.entries(foldedColumnsOf(table) ?? {}).filter(([column]) => values[column] !== undefined);
  return {
    ...row,
    ...Object.fromEntries(twins.map(([column, twin]) => [twin.into, foldedValue(twin, values[column])])),
  };
}

export function foldedValue({ into, fold }: FoldedColumn, value: unknown): string | null {
  if (value === null) return null;
  if (typeof value === 'string') return fold(value);
  throw new TypeError(`${into}: expected a text to fold, but got ${typeof value}`);
}
