import type { ExperimentOptions, Trial } from '@magpie/cache/entries';
import type { Queries } from '../database/database.ts';
import type { CacheCategory } from '../generated/schema.ts';
import { addRounds, type ExperimentRecord, findExperiment } from './experiment-repository.ts';

/** The part of a cache that experiments use. */
interface TriedCache {
  startExperiment(category: CacheCategory, options: ExperimentOptions, cause: string): void;
  endExperiment(category: CacheCategory, cause: string): void;
  endedRounds(category: CacheCategory): readonly (readonly Trial[])[];
}

export interface ExperimentsOptions {
  readonly queries: Queries;
  readonly cache: TriedCache;
  /** Numbers from 0 to 1. Each process draws arms of its own, so that its rounds are independent of those of others. */
  readonly random?: () => number;
  readonly log: { failure(message: string, error: unknown): void };
}

/**
 * Runs in this process the experiment that the table `cache_experiments` names, and adds what its rounds find to that row. So all
 * processes of a database have one experiment with one result, which outlives a restart.
 */
export class Experiments {
  readonly #options: ExperimentsOptions;
  #running: ExperimentRecord | undefined;
  /** The experiment of the table that cannot run here. */
  #refusedId: string | undefined;

  constructor(options: ExperimentsOptions) {
    this.#options = options;
  }

  /** Whether an experiment runs in a category, whose policy's lifetime has no effect then. */
  isOn(category: CacheCategory): boolean {
    return this.#running?.category === category;
  }

  /** Reads the table and follows it. One call at a time. */
  async read(): Promise<void> {
    const { queries, cache, log, random = Math.random } = this.#options;
    const found = await findExperiment(queries);
    if (found?.id === this.#running?.id) return;
    if (this.#running) cache.endExperiment(this.#running.category, 'endCacheExperiment');
    this.#running = undefined;
    if (!found || found.id === this.#refusedId) return;
    const ttlMs = found.arms.map((arm) => arm.ttlMs);
    try {
      cache.startExperiment(found.category, { ttlMs, seed: Math.floor(random() * 2 ** 32) }, 'startCacheExperiment');
      this.#running = found;
    } catch (error) {
      this.#refusedId = found.id;
      log.failure('cache: the experiment of the table cache_experiments cannot run in this version', error);
    }
  }

  /**
   * Adds the rounds that are over to the table. Call it about once a second. What cannot be added is lost, since adding it again
   * might count it twice; other rounds do not depend on it.
   */
  async saveRounds(): Promise<void> {
    if (this.#running === undefined) return;
    const { id, category } = this.#running;
    const groups = this.#options.cache.endedRounds(category);
    if (groups.length > 0) await addRounds(this.#options.queries, { id, groups });
  }
}
