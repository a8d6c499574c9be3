import { randomUUID } from 'node:crypto';
import type { EpochRow } from './epoch.ts';
import type { MemberConnection } from './member-connection.ts';
import { acknowledgementChannel, goneChannel, publicationChannel } from './messages.ts';
import { type Backend, endBackend } from './removal.ts';

/**
 * A process that is stopped in a transaction, or in the middle of a statement, holds the locks of its rows: for this long. Less
 * than a lease, so that those that wait for it on their connections can beat in time.
 */
const limits = ['idle_in_transaction_session_timeout', 'lock_timeout'].map((name) => `set ${name} = '1s'`);

/** Listens, so that nothing is missed from the moment in which the member is registered. */
export async function listen(connection: MemberConnection, name: string): Promise<void> {
  const channels = [publicationChannel, goneChannel, acknowledgementChannel(name)];
  const text = ['set synchronous_commit = off', ...limits, ...channels.map((channel) => `listen "${channel}"`)].join(
    '; ',
  );
  await connection.query({ text });
}

const deleteFormer = 'delete from cache_members where id = any($1) returning id, pid';
const registerMember = `
  with told as (select pg_notify('${goneChannel}', id) from unnest($2::text[]) as id),
    added as (insert into cache_members (id, pid) values ($1, pg_backend_pid()))
  select count(*) from told`;

/**
 * Tells one table of the epoch from every other: the server's files, the database, the table, and the start of the server. Transaction
 * ids mean nothing after a dump was put back, in another database or in its own, or after a copy of files was: then the stored place
 * differs from the present one, and an epoch begins. So it does when a server was restarted as planned. The third part is that of
 * `currentEpoch`.
 */
const place = `concat_ws('.', (select system_identifier from pg_control_system()),
  (select oid from pg_database where datname = current_database()), 'cache_epoch'::regclass::oid,
  extract(epoch from pg_postmaster_start_time()))`;
const ensureEpoch = `
  insert into cache_epoch (id, place) values ($1, ${place})
  on conflict (is_only) do update set place = excluded.place,
    id = excluded.id,
    is_settled = cache_epoch.place is null and cache_epoch.is_settled,
    pruned_below = '0', prune_mark = '0', marked_at = '-infinity'
  where cache_epoch.place is distinct from excluded.place`;

/**
 * Registers the member, removes the former names of its process, under which nothing is served any more, and reads or creates the
 * epoch, all in one transaction. Their backends are ended after it.
 */
export async function register(connection: MemberConnection, formerIds: readonly string[]): Promise<EpochRow> {
  await connection.query({ text: 'begin' });
  const former = await connection.query<Backend>({ text: deleteFormer, values: [formerIds] });
  await connection.query({ text: registerMember, values: [connection.id, formerIds] });
  await connection.query({ text: ensureEpoch, values: [randomUUID()] });
  const [epoch] = await connection.query<EpochRow>({ text: 'select id, is_settled as "isSettled" from cache_epoch' });
  await connection.query({ text: 'commit' });
  for (const backend of former) void endBackend(connection, backend);
  return epoch!;
}

/** Removes the member, and tells those that wait for it. */
export async function leave(connection: MemberConnection): Promise<void> {
  const text = `with gone as (delete from cache_members where id = $1) select pg_notify('${goneChannel}', $1)`;
  await connection.query({ text, values: [connection.id] });
}
