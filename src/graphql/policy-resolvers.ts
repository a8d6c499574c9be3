import type { CategorySnapshot, Policy } from '@magpie/cache';
import { invalid, limitReached, Refusal } from '../domains/errors.ts';
import { inTransaction, mutationInSteps, type Transaction } from '../domains/mutation.ts';
import type { CacheCategory, ResetCachePolicyInput, SetCachePolicyInput } from '../generated/schema.ts';
import type { PolicyOverride, PolicyOverrides } from '../operator/policy-overrides.ts';
import { changeOverride, deleteOverride, lockOverrides, type PolicyChange } from '../operator/policy-repository.ts';
import { type OperatorCheck, takeChange } from './operator-check.ts';
import type { EngineCache } from './principals.ts';

interface PolicySources {
  readonly cache: EngineCache;
  readonly overrides: PolicyOverrides;
  /** Resolves when the reading of policies under way has ended. */
  readonly policiesRead: () => Promise<void>;
  readonly checkOperator: OperatorCheck;
}

/** Most bytes of all categories together, unless more are configured: a process has to have room for them. */
const maxBytesTogether = 64 * 1024 * 1024;

interface Payload {
  readonly category: CacheCategory;
}

/** Whether a tag says that a policy was changed, in whichever workspace. */
export function isPolicyTag(tag: string): boolean {
  return tag.endsWith('/CachePolicy');
}

/** The resolvers of `setCachePolicy` and `resetCachePolicy`, and of what they change. */
export function policyResolvers({ cache, overrides, policiesRead, checkOperator }: PolicySources) {
  const inForce = (category: CacheCategory) => {
    const [snapshot] = cache.snapshot([category]).categories;
    return shownPolicy(snapshot!.policy);
  };
  const shown = (category: CacheCategory) => {
    const override = overrides.of(category);
    return override ? shownOverride(override) : null;
  };
  const payload = {
    policy: async ({ category }: Partial<Payload>) => {
      if (category === undefined) return null;
      await policiesRead(); // begun by the invalidation, after the commit
      return inForce(category);
    },
    override: async ({ category }: Partial<Payload>) => {
      if (category === undefined) return null;
      await policiesRead();
      return shown(category);
    },
  };
  const change = async ({ queries, now }: Transaction, { category, ...cells }: SetCachePolicyInput) => {
    await lockOverrides(queries);
    const before = await overrides.bytesIn(queries);
    await changeOverride(queries, { category, change: changeOf(cells), now });
    const { allowed, configured } = await overrides.bytesIn(queries);
    const most = Math.max(maxBytesTogether, configured);
    if (allowed > Math.max(most, before.allowed)) throw new Refusal([tooManyBytes(most, allowed)]);
  };
  return {
    Mutation: {
      setCachePolicy: mutationInSteps<SetCachePolicyInput, Payload>(async (input, context) => {
        await checkOperator(context);
        const { category, ...cells } = input;
        if (Object.values(cells).every((value) => value === undefined))
          throw new Refusal([invalid(null, 'Expected something to change, but got a category alone.')]);
        await takeChange(context);
        await inTransaction(context, (transaction) => change(transaction, input));
        return { category };
      }),
      resetCachePolicy: mutationInSteps<ResetCachePolicyInput, Payload>(async ({ category }, context) => {
        await checkOperator(context);
        await takeChange(context);
        await inTransaction(context, ({ queries }) => deleteOverride(queries, category));
        return { category };
      }),
    },
    SetCachePolicyPayload: payload,
    ResetCachePolicyPayload: payload,
    CacheCategoryStats: {
      policy: ({ policy }: CategorySnapshot) => shownPolicy(policy),
      override: ({ category }: CategorySnapshot<CacheCategory>) => shown(category),
    },
  };
}

function tooManyBytes(most: number, got: number) {
  const message = `Expected at most ${most} bytes for all categories together, but got ${got}. More are allowed by the variables CACHE_<CATEGORY>_MAX_BYTES.`;
  return limitReached('maxBytes', most, message);
}

function changeOf(cells: Omit<SetCachePolicyInput, 'category'>): PolicyChange {
  const { ttlSeconds, staleSeconds, maxEntries, maxBytes, eviction } = cells;
  const toMs = (seconds: number | null | undefined) => (seconds == null ? seconds : seconds * 1_000);
  const change = { ttlMs: toMs(ttlSeconds), staleMs: toMs(staleSeconds), maxEntries, maxBytes };
  const given = Object.entries({ ...change, eviction: eviction?.toLowerCase() ?? eviction });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as PolicyChange;
}

function shownPolicy({ ttlMs, staleMs, maxEntries, maxBytes, eviction }: Policy) {
  const seconds = { ttlSeconds: Math.round(ttlMs / 1_000), staleSeconds: Math.round(staleMs / 1_000) };
  return { ...seconds, maxEntries, maxBytes, eviction };
}

function shownOverride({ ttlMs, staleMs, changedAt, ...limits }: PolicyOverride) {
  const toSeconds = (ms: number | null) => (ms === null ? null : ms / 1_000);
  return { ...limits, ttlSeconds: toSeconds(ttlMs), staleSeconds: toSeconds(staleMs), changedAt };
}
