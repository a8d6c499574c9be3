import { everyTag, type Invalidation } from '../database/invalidation-log.ts';

/** A row of the log, as it is sent. Without a position where the outcome of its transaction, or its epoch, is unknown. */
export interface PublishedRow extends Invalidation {
  readonly id: number | null;
  /** Its transaction; null without a position, and where an earlier version sent it. */
  readonly xid: number | null;
}

/** What a member tells all others. Sequence numbers rise with each publication of a process. */
export interface Publication {
  readonly writer: string;
  readonly sequence: number;
  readonly epoch: string;
  readonly rows: readonly PublishedRow[];
}

/** Each member listens to these two and to one of its own. Lower case, as `LISTEN` folds names and `pg_notify` does not. */
export const publicationChannel = 'magpie_inv';
export const goneChannel = 'magpie_gone';

export function acknowledgementChannel(name: string): string {
  return `magpie_ack_${name}`;
}

/** PostgreSQL takes less than 8,000 bytes; the rest is for the envelope. */
const maxListBytes = 7_500;

/** Rises when payloads change. A process that does not know a format joins again, and reads the log instead. */
const format = 1;

type Cell = readonly [
  id: number | null,
  workspaceId: string | null,
  cause: string | null,
  tags: readonly string[],
  xid?: number | null,
];

/** Returns the lists of rows that fit into one notification each, in order. */
export function packRows(rows: readonly PublishedRow[]): string[] {
  const lists: string[] = [];
  let list: string[] = [];
  let bytes = 0;
  for (const row of rows) {
    const text = textOf(row);
    const size = Buffer.byteLength(text) + 1;
    if (list.length > 0 && bytes + size > maxListBytes) {
      lists.push(`[${list.join()}]`);
      list = [];
      bytes = 0;
    }
    list.push(text);
    bytes += size;
  }
  if (list.length > 0) lists.push(`[${list.join()}]`);
  return lists;
}

function textOf({ id, workspaceId, cause, tags, xid }: PublishedRow): string {
  const text = JSON.stringify([id, workspaceId, cause, tags, xid] satisfies Cell);
  if (Buffer.byteLength(text) < maxListBytes) return text;
  return JSON.stringify([id, workspaceId, cause, [everyTag], xid] satisfies Cell);
}

export function writePublication(publication: {
  writer: string;
  sequence: number;
  epoch: string;
  tagsVersion: string;
  /** As `packRows` returns it. */
  list: string;
}): string {
  const { writer, sequence, epoch, tagsVersion, list } = publication;
  return `[${format},${JSON.stringify([writer, sequence, epoch, tagsVersion])},${list}]`;
}

/**
 * Parses a publication. Throws if it is malformed or has another format. A row of another `tagsVersion` stands for everything of
 * its workspace.
 */
export function readPublication(payload: string, tagsVersion: string): Publication {
  const [writtenIn, head, cells] = JSON.parse(payload) as [number, [string, number, string, string], Cell[]];
  if (writtenIn !== format) throw new Error(`expected a publication of format ${format}, but got ${writtenIn}`);
  const [writer, sequence, epoch, writtenBy] = head;
  const rows = cells.map(([id, workspaceId, cause, tags, xid = null]) => ({
    ...{ id, xid, workspaceId, cause },
    tags: writtenBy === tagsVersion ? tags : [everyTag],
  }));
  return { writer, sequence, epoch, rows };
}
