import type { Context } from '../domains/context.ts';
import type { Processes, ShownProcess } from '../operator/processes.ts';

/** The resolvers of `cacheProcesses`. */
export function processResolvers({ processes }: { processes: Processes }) {
  return {
    Query: {
      cacheProcesses: (_: unknown, __: unknown, { queries }: Context) => processes.list(queries),
    },
    CacheProcess: {
      silentSeconds: ({ silentMs }: ShownProcess) => silentMs / 1_000,
      hitRatio: ({ hits, misses }: ShownProcess) => (hits + misses === 0 ? null : hits / (hits + misses)),
    },
  };
}
