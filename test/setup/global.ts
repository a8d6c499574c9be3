import type { TestProject } from 'vitest/node';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';
import { dropDatabases } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A PostgreSQL server, at its maintenance database, where tests may create databases. */
    postgresUrl: string;
    /** Distinguishes the databases of this run on a server that it shares with others. */
    run: string;
  }
}

/** Gives the tests a real PostgreSQL: the one of TEST_DATABASE_URL, or one of our own that ends with the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  const server: PostgresServer = given ? { url: given, stop: async () => {} } : await startPostgresServer();
  const run = Date.now().toString(36) + process.pid.toString(36);
  project.provide('postgresUrl', server.url);
  project.provide('run', run);
  return async () => {
    if (given) await dropDatabases(given, run);
    await server.stop();
  };
}
