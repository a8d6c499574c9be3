import type { ListedMember } from './beat.ts';
import type { MemberConnection } from './member-connection.ts';
import { applicationName } from './member-connection.ts';

/** The server's end of a member's connection. */
export interface Backend {
  /** The member's. */
  readonly id: string;
  readonly pid: number;
}

const endOne = `
  select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and application_name = $2`;

/**
 * Ends the backend of a member that is removed: one that listens and does not read fills the server's queue of notifications, until
 * every NOTIFY fails. A statement of its own, which may fail: the role of another process may be one that this one's may not end.
 */
export async function endBackend(connection: MemberConnection, { id, pid }: Backend): Promise<void> {
  await connection.query({ text: endOne, values: [pid, applicationName(id)] }).catch(() => {});
}

/** Ends the backends of members that stay listed. */
export async function endBackends(connection: MemberConnection, ids: readonly string[]): Promise<void> {
  const text = 'select id, pid from cache_members where id = any($1)';
  for (const backend of await connection.query<Backend>({ text, values: [ids] })) await endBackend(connection, backend);
}

/** Removes a fenced member, whose lease is over. */
export async function removeFenced(connection: MemberConnection, id: string): Promise<void> {
  const text = 'delete from cache_members where id = $1 and is_fenced returning id, pid';
  await remove(connection, { text, values: [id] });
}

/**
 * Removes a member that has not beaten since this beat, for longer than a lease. One whose row is locked is left: nobody waits for
 * it here.
 */
export async function removeSilent(connection: MemberConnection, [id, beat]: ListedMember): Promise<void> {
  const text = `
    delete from cache_members where id in (
      select id from cache_members where id = $1 and beat = $2 for update skip locked) returning id, pid`;
  await remove(connection, { text, values: [id, beat] });
}

async function remove(connection: MemberConnection, statement: { text: string; values: unknown[] }): Promise<void> {
  for (const backend of await connection.query<Backend>(statement)) await endBackend(connection, backend);
}
