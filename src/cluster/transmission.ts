import type { ListedMember } from './beat.ts';
import { currentEpoch, listedMembers } from './beat.ts';
import type { MemberConnection } from './member-connection.ts';
import { acknowledgementChannel, publicationChannel, writePublication } from './messages.ts';

/** What a member sends in one statement: acknowledgements, and lists of rows with rising sequence numbers. */
export interface Transmission {
  readonly writer: string;
  readonly epoch: string;
  readonly tagsVersion: string;
  readonly first: number;
  readonly lists: readonly string[];
  /** The last sequence number that was heard, by writer. */
  readonly acknowledgements: ReadonlyMap<string, number>;
}

export interface TransmissionReply {
  readonly epoch: string | null;
  readonly members: readonly ListedMember[];
}

/** The list of members and the epoch are read after the commit. */
const publish = `
  with sent as (select pg_notify('${publicationChannel}', payload) from unnest($1::text[]) as payload),
    acknowledged as (select pg_notify(channel, payload) from unnest($2::text[], $3::text[]) as a(channel, payload))
  select (select count(*) from sent) + (select count(*) from acknowledged) as count,
    ${currentEpoch}, ${listedMembers}`;

const acknowledge = 'select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as a(channel, payload)';

/** Sends the transmission. Without rows there is no answer. */
export async function send(
  connection: MemberConnection,
  transmission: Transmission,
): Promise<TransmissionReply | undefined> {
  const channels = [...transmission.acknowledgements.keys()].map(acknowledgementChannel);
  const payloads = [...transmission.acknowledgements.values()].map((sequence) =>
    JSON.stringify([connection.id, sequence]),
  );
  if (transmission.lists.length === 0) {
    await connection.query({ name: 'acknowledge', text: acknowledge, values: [channels, payloads] });
    return undefined;
  }
  const { first, lists } = transmission;
  const publications = lists.map((list, index) => writePublication({ ...transmission, sequence: first + index, list }));
  const values = [publications, channels, payloads];
  const [answer] = await connection.query<TransmissionReply>({ name: 'publish', text: publish, values });
  return answer;
}

export function readAcknowledgement(payload: string): { id: string; sequence: number } {
  const [id, sequence] = JSON.parse(payload) as [string, number];
  return { id, sequence };
}
