import { BusConnection } from '../../src/cluster/bus-connection.ts';
import { KnownLog } from '../../src/cluster/known-log.ts';
import { readSince } from '../../src/cluster/log-reading.ts';
import type { Invalidation } from '../../src/database/invalidation-log.ts';

/** Reads the log as a member does with its beat, but when told to. */
export async function followLog(
  url: string,
  { tagsVersion, apply }: { tagsVersion: string; apply(invalidation: Invalidation): void },
): Promise<{ beat(): Promise<void>; close(): void }> {
  const connection = new BusConnection(url, { id: 'follower', listener: { heard() {}, lost() {} } });
  await connection.connect();
  const log = new KnownLog({ tagsVersion, memory: { apply, forget() {}, allow() {}, cutOff() {} } });
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
