import type { Policy } from '@magpie/cache';
import type { Queries } from '../database/database.ts';
import type { CacheCategory } from '../generated/schema.ts';

/** What an operator changed of a category's policy; null is as configured. */
export interface PolicyOverride {
  readonly ttlMs: number | null;
  readonly staleMs: number | null;
  readonly maxEntries: number | null;
  readonly maxBytes: number | null;
  readonly eviction: Policy['eviction'] | null;
  /** ISO 8601. */
  readonly changedAt: string;
}

/** The part of a cache that overrides change. */
interface TunableCache {
  setPolicy(category: CacheCategory, policy: Policy, cause: string): void;
}

export interface PolicyOverridesOptions {
  readonly queries: Queries;
  readonly cache: TunableCache;
  /** The policies without overrides. */
  readonly configured: Readonly<Record<CacheCategory, Policy>>;
  readonly log: { failure(message: string, error: unknown): void };
}

/**
 * The overrides of policies, which are rows of `cache_policies`. Each process applies them when it starts, when it hears that they
 * changed, and when it is told to look (`read`).
 */
export class PolicyOverrides {
  readonly #options: PolicyOverridesOptions;
  #overrides: ReadonlyMap<string, PolicyOverride> = new Map();

  constructor(options: PolicyOverridesOptions) {
    this.#options = options;
  }

  of(category: CacheCategory): PolicyOverride | undefined {
    return this.#overrides.get(category);
  }

  /** The bytes that all categories may hold together, with the overrides that `queries` reads, and as configured. */
  async bytesIn(queries: Queries): Promise<{ allowed: number; configured: number }> {
    const rows = await queries.selectFrom('cachePolicies').select(['category', 'maxBytes']).execute();
    const bytesOf = new Map(rows.map(({ category, maxBytes }) => [category, maxBytes]));
    let [allowed, configured] = [0, 0];
    for (const [category, { maxBytes }] of Object.entries(this.#options.configured)) {
      allowed += bytesOf.get(category as CacheCategory) ?? maxBytes;
      configured += maxBytes;
    }
    return { allowed, configured };
  }

  /** Reads the table and applies what changed. One call at a time. */
  async read(): Promise<void> {
    const rows = await this.#options.queries.selectFrom('cachePolicies').selectAll().execute();
    const overrides = new Map(rows.map(({ category, ...override }) => [category, override]));
    const before = this.#overrides;
    this.#overrides = overrides;
    for (const [category, policy] of Object.entries(this.#options.configured)) {
      const [earlier, later] = [before, overrides].map((all) => policyUnder(all.get(category), policy));
      if (!isSame(earlier!, later!)) this.#apply(category as CacheCategory, later!);
    }
  }

  #apply(category: CacheCategory, policy: Policy): void {
    try {
      this.#options.cache.setPolicy(category, policy, 'setCachePolicy');
    } catch (error) {
      this.#options.log.failure('cache: a policy of the table cache_policies is not valid', error);
    }
  }
}

function policyUnder(override: PolicyOverride | undefined, configured: Policy): Policy {
  if (override === undefined) return configured;
  return {
    ...configured,
    ttlMs: override.ttlMs ?? configured.ttlMs,
    staleMs: override.staleMs ?? configured.staleMs,
    maxEntries: override.maxEntries ?? configured.maxEntries,
    maxBytes: override.maxBytes ?? configured.maxBytes,
    eviction: override.eviction ?? configured.eviction,
  };
}

function isSame(one: Policy, other: Policy): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
