import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadedOnce } from './cache-policies.ts';
import type { Config } from './config.ts';
import { hostsOf, type RedisAddress } from './redis-address.ts';
import type { BreakerState } from './remote/breaker.ts';
import type { CallKind } from './remote/guarded-store.ts';
import { openRedisStore } from './remote/redis-store.ts';
import { type LogView, SharedTier } from './remote/tier.ts';
import type { LogLevels, ThrottledLog } from './throttled-log.ts';

interface RemoteTierOptions {
  readonly address: RedisAddress;
  readonly deadlineMs: number;
  readonly view: LogView;
  readonly policies: Config['policies'];
  readonly log: LogLevels;
  /** For errors that repeat while a server is away. */
  readonly outages: ThrottledLog;
}

const consequences: Readonly<Record<CallKind, Readonly<Record<BreakerState, string>>>> = {
  read: {
    UNAVAILABLE: 'does not answer: what is not in memory is loaded',
    TRYING: 'is tried again',
    AVAILABLE: 'answers again',
  },
  write: {
    UNAVAILABLE: 'takes no values: what is loaded is not shared',
    TRYING: 'is tried again with a value',
    AVAILABLE: 'takes values again',
  },
};

/** What processes share on the servers of `REDIS_URL`. */
export function createRemoteTier(options: RemoteTierOptions): SharedTier {
  const { address, deadlineMs, view, policies, log, outages } = options;
  const hosts = hostsOf(address);
  return new SharedTier({
    store: openRedisStore({ address, onError: (message) => outages.warn({ redis: hosts }, `redis: ${message}`) }),
    ...{ log: view, deadlineMs, schemaVersion: hashOfProgram(), categories: Object.keys(policies), loadedOnce },
    policyVersion: createHash('sha256').update(JSON.stringify(policies)).digest('hex').slice(0, 16),
    onChange(kind, state, cause) {
      const level = state === 'UNAVAILABLE' ? 'warn' : 'info';
      log[level](
        { redis: hosts, err: state === 'UNAVAILABLE' ? cause : undefined },
        `redis: ${consequences[kind][state]}`,
      );
    },
  });
}

/**
 * Of the files that make values: two builds of one version may differ in them, and read no values of each other. Generated types are
 * left out, as they are not on every host.
 */
function hashOfProgram(): string {
  const hash = createHash('sha256');
  for (const folder of ['schema', 'src', 'packages/cache/src', 'packages/graphql-cache/src']) {
    const path = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
    for (const file of readdirSync(path, { recursive: true, encoding: 'utf8' }).sort())
      if (/^(?!generated\/).*\.(ts|mjs|graphql|sql)$/.test(file))
        hash.update(`${file}\n`).update(readFileSync(join(path, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
