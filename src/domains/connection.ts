import { shown } from '../text/shown.ts';
import { isStorable } from '../text/storable.ts';
import { badInput } from './errors.ts';

/**
 * A page as it is cached: the nodes with their cursors, and the filter of the list, with which `totalCount` counts when it is
 * selected. `edges` is derived, so that each node is kept once.
 */
export interface Connection<Node, Filter = unknown> {
  readonly nodes: readonly Node[];
  readonly cursors: readonly string[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly filter: Filter;
}

/**
 * A keyset page request: `limit` rows after the row whose order columns are `after`. A query reads `limit + 1` for `hasNextPage`.
 */
export interface Page {
  readonly limit: number;
  /** The instant that orders the list, and the id, of the last item before the page. */
  readonly after: readonly [string, string] | null;
}

const defaultPageSize = 20;

/** Reads the arguments `first`, which the schema limits, and `after`. */
export function pageOf(args: { first?: number | null; after?: string | null }): Page {
  return { limit: args.first ?? defaultPageSize, after: args.after == null ? null : decodeCursor(args.after) };
}

/** Creates a page from up to `limit + 1` ordered rows. `sortKey` returns a row's value in the order column. */
export function connectionOf<Node extends { id: string }, Filter>(
  rows: readonly Node[],
  { page, sortKey, filter }: { page: Page; sortKey: (node: Node) => string; filter: Filter },
): Connection<Node, Filter> {
  const nodes = rows.slice(0, page.limit);
  const cursors = nodes.map((node) => encodeCursor(sortKey(node), node.id));
  return {
    nodes,
    cursors,
    pageInfo: {
      hasNextPage: rows.length > page.limit,
      hasPreviousPage: page.after !== null,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    },
    filter,
  };
}

/** The resolver of every connection's `edges`. */
export function edgesOf<Node>(connection: Connection<Node>): { cursor: string; node: Node }[] {
  return connection.nodes.map((node, i) => ({ cursor: connection.cursors[i]!, node }));
}

function encodeCursor(sortKey: string, id: string): string {
  return Buffer.from(JSON.stringify([sortKey, id])).toString('base64url');
}

function decodeCursor(cursor: string): readonly [string, string] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(key) && key.length === 2) {
      const [at, id] = key;
      if (isInstant(at) && typeof id === 'string' && isStorable(id)) return [at, id];
    }
  } catch {
    // No JSON: refused below.
  }
  throw badInput(`after: expected a cursor of an earlier page, but got ${shown(cursor)}.`);
}

/** Whether PostgreSQL accepts a value as an instant: not February 30, the year 0 or the year 10,000. */
function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || !/^(?!0000)\d{4}-/.test(value)) return false;
  const instant = new Date(value);
  return !Number.isNaN(instant.getTime()) && instant.toISOString() === value;
}
