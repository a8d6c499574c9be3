import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/database/database.ts';
import { createProductLimits } from '../../src/domains/product-limits.ts';
import type { CacheCategory } from '../../src/generated/schema.ts';
import { createGraphqlEngine } from '../../src/graphql/engine.ts';
import { createListener } from '../../src/http/listener.ts';
import { registerFigures } from '../../src/http/register-figures.ts';
import { createServer } from '../../src/http/server.ts';
import { newArm } from '../../src/operator/experiment-arms.ts';
import { insertExperiment } from '../../src/operator/experiment-repository.ts';
import { startOperatorWork } from '../../src/operator-work.ts';

/**
 * Magpie with all of the operator's view (`on`) or none of it (`off`): the seconds and minutes of the history with their way to the
 * database, the audit, prefetching, an experiment on the lifetime of posts, the check of alerts, the figures of `/metrics`. In both,
 * requests are served and counted the same. The database is that of `DATABASE_URL`.
 */
const isOn = process.argv[2] === 'on';
const config = readConfig();
/** All of a run stays cached, as without the experiment. */
const triedTtlMs = [3_600_000, 7_200_000];
/** As in `src/app.ts`. */
const alertsEveryMs = 10_000;
const log = pino({ level: 'silent' });
const { queries } = await openDatabase({ url: config.databaseUrl });
const { policies } = config;
const without = Object.entries(policies).map(([category, policy]) => [category, { ...policy, prefetchBeta: 0 }]);
const engine = createGraphqlEngine({
  queries,
  ports: {} as never, // nothing that is asked about calls another server
  limits: createProductLimits(config.productLimits),
  policies: isOn ? policies : (Object.fromEntries(without) as Record<CacheCategory, (typeof policies)[CacheCategory]>),
  auditEvery: isOn ? config.auditEvery : 0,
  ...{ isCaching: true, isJoining: true, isWarming: false, isDemo: false },
  log: { alert() {}, failure() {} },
});
const server = createServer({
  ...{ engine, log, limits: config.limits, cors: config.cors, uploadFolder: config.dataDir },
  media: { find: async () => undefined, open: async () => null } as never,
});
if (isOn) {
  const startedAt = new Date().toISOString();
  await insertExperiment(queries, { id: randomUUID(), category: 'POSTS', startedAt, arms: triedTtlMs.map(newArm) });
  for (const work of await startOperatorWork({ engine, queries, isAlone: false, log })) work.start();
  setInterval(() => engine.checkAlerts(), alertsEveryMs);
  registerFigures(server.metrics, { cache: engine.cache, isBackgroundRunning: () => true });
}
const listener = createListener();
const origin = await listener.listen({ host: '127.0.0.1', port: 0 });
listener.serve(server, async () => true);
console.log(`listens on ${origin}`);
