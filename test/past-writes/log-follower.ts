import { AppliedLog } from '../../src/cluster/applied-log.ts';
import { readSince } from '../../src/cluster/log-reading.ts';
import { MemberConnection } from '../../src/cluster/member-connection.ts';
import { noMemory } from '../../src/cluster/member-options.ts';
import type { Invalidation } from '../../src/database/invalidation-log.ts';

/** Reads the log as a member does with its beat, but when told to. */
export async function followLog(
  url: string,
  { tagsVersion, apply }: { tagsVersion: string; apply(invalidation: Invalidation): void },
): Promise<{ beat(): Promise<void>; close(): void }> {
  const connection = new MemberConnection(url, { id: 'follower', listener: { heard() {}, lost() {} } });
  await connection.connect();
  const log = new AppliedLog({ tagsVersion, memory: { ...noMemory, apply } });
  const { reader } = log;
  log.restart(await readSince(connection, reader), reader);
  return {
    async beat() {
      const { reader } = log;
      log.take(await readSince(connection, reader), reader);
    },
    close: () => connection.close(),
  };
}
