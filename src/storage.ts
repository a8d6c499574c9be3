import type { Logger } from 'pino';
import { type Cluster, openCluster } from './cluster/cluster.ts';
import { refuseEarlierVersions } from './cluster/earlier-versions.ts';
import type { Config } from './config.ts';
import { type Database, openDatabase } from './database/database.ts';
import { namingVariable, type Subject } from './error-message.ts';
import { entryTagsOf } from './graphql/apply-invalidation.ts';
import { readTypeDefs, tagsVersionOf } from './graphql/schema.ts';

/** The configured database, and this process among those that use it. */
export interface Storage {
  readonly database: Database;
  /** Undefined for the embedded database, which has one process. */
  readonly cluster: Cluster | undefined;
  close(): Promise<void>;
}

export interface StorageOptions {
  readonly log: Logger;
  /** Called with a message at steps that take long. */
  readonly progress?: (message: string) => void;
}

/** Opens the configured database. An error names the variable to check. */
export async function openStorage(config: Config, { log, progress }: StorageOptions): Promise<Storage> {
  const { databaseUrl: url, databaseConnections: poolSize, statementLimitMs, dataDir } = config;
  const notes = notesOf(log);
  const beforeMigrating = url === undefined ? undefined : refuseEarlierVersions;
  const opening = openDatabase({
    ...{ url, poolSize, statementLimitMs, dataDir, beforeMigrating, events: notes, log: progress },
  });
  const database = await namingVariable(whereRowsAre(config), opening);
  try {
    const cluster = await clusterOf(config, { database, notes });
    return {
      database,
      cluster,
      async close() {
        await cluster?.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The variable to check when the database cannot be opened, and its value without secrets. */
export function whereRowsAre({ databaseUrl, dataDir }: Config): Subject {
  if (databaseUrl === undefined) return { variable: 'DATA_DIR', value: dataDir };
  return { variable: 'DATABASE_URL', value: new URL(databaseUrl).host || undefined };
}

async function clusterOf(
  { databaseUrl, databaseListenUrl, redis, policies }: Config,
  { database: { queries }, notes }: { database: Database; notes: ReturnType<typeof notesOf> },
): Promise<Cluster | undefined> {
  const url = databaseListenUrl ?? databaseUrl;
  if (url === undefined) return undefined;
  const variable = databaseListenUrl === undefined ? 'DATABASE_URL' : 'DATABASE_LISTEN_URL';
  const subject = { variable, value: new URL(url).host || undefined };
  const categories = Object.keys(policies);
  const opening = openCluster({
    ...{ url, queries, tagsVersion: tagsVersionOf(readTypeDefs()), log: notes },
    tagsOf: redis && ((row) => entryTagsOf(row, categories)),
  });
  return await namingVariable(subject, opening);
}

/** A log for the messages of the database. */
function notesOf(log: Logger) {
  return { info: (message: string) => log.info(message), warn: (message: string) => log.warn(message) };
}
