import { isPruned, type LogPage, type LogReader, newRows, snapshot } from './log-reading.ts';
import type { MemberConnection } from './member-connection.ts';

/** A listed member and the number of its last beat. */
export type ListedMember = readonly [id: string, beat: number];

export const listedMembers = `
  (select coalesce(jsonb_agg(jsonb_build_array(id, beat)), '[]') from cache_members) as members`;

/**
 * Null after a dump was put back: the table was made anew, and `place` has the id of the former one. The dump may list members that run,
 * so that a beat would succeed.
 */
export const currentEpoch = `
  (select id from cache_epoch where split_part(place, '.', 3) = tableoid::text) as epoch`;

/**
 * Alone in its statement, as a row is locked until the whole answer is written, and a process that is stopped reads no large one.
 */
const renew = 'update cache_members set beat = beat + 1 where id = $1 and not is_fenced returning id';

const look = `
  select ${currentEpoch}, ${listedMembers}, ${newRows}, ${snapshot}, ${isPruned}`;

export interface Beat extends LogPage {
  readonly epoch: string | null;
  readonly members: readonly ListedMember[];
}

/**
 * Renews the member's lease, on the connection on which it listens. Resolves with nothing if the member is fenced, or not listed
 * any more. What is new in the log covers lost notifications, writers that ended between commit and publication, and commits of
 * unknown outcome.
 */
export async function beat(connection: MemberConnection, { since, tagsVersion }: LogReader): Promise<Beat | undefined> {
  const renewed = await connection.query({ name: 'renew', text: renew, values: [connection.id] });
  if (renewed.length === 0) return undefined;
  const [answer] = await connection.query<Beat>({ name: 'look', text: look, values: [since, tagsVersion] });
  return answer;
}
