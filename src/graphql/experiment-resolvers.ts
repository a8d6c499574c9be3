import { randomUUID } from 'node:crypto';
import type { Context } from '../domains/context.ts';
import { conflict, invalid, Refusal } from '../domains/errors.ts';
import { inTransaction, mutationInSteps, type Transaction } from '../domains/mutation.ts';
import type { EndCacheExperimentInput, StartCacheExperimentInput } from '../generated/schema.ts';
import {
  behindShareOf,
  type ExperimentArm,
  hitsOf,
  hitsPerCheck,
  newArm,
  shareOf,
} from '../operator/experiment-arms.ts';
import {
  deleteExperiments,
  type ExperimentRecord,
  findExperiment,
  insertExperiment,
  lockExperiments,
} from '../operator/experiment-repository.ts';
import { changeOverride, lockOverrides } from '../operator/policy-repository.ts';
import { differenceOf, type Evidence, pValueOf } from '../operator/sequential-test.ts';
import { type OperatorCheck, takeChange } from './operator-check.ts';

interface ExperimentSources {
  /** Resolves when the reading of experiments under way has ended. */
  readonly policiesRead: () => Promise<void>;
  readonly checkOperator: OperatorCheck;
}

/** A difference counts as real when its p-value is at most this. */
const significance = 0.05;
const maxArms = 4;

/** An arm with the first one, which it is compared with; that of the first is undefined. */
interface ShownArm extends ExperimentArm {
  readonly first: ExperimentArm | undefined;
  /** Number of arms that are compared with the first. */
  readonly compared: number;
}

interface Payload {
  readonly experiment: ExperimentRecord;
}

/** The resolvers of `startCacheExperiment`, `endCacheExperiment`, and of the experiment that runs. */
export function experimentResolvers({ policiesRead, checkOperator }: ExperimentSources) {
  const payload = {
    experiment: async ({ experiment }: Partial<Payload>) => {
      if (experiment === undefined) return null;
      await policiesRead(); // begun by the invalidation, after the commit
      return experiment;
    },
  };
  return {
    Query: {
      cacheExperiment: async (_: unknown, __: unknown, { queries }: Context) => (await findExperiment(queries)) ?? null,
    },
    Mutation: {
      startCacheExperiment: mutationInSteps<StartCacheExperimentInput, Payload>(async (input, context) => {
        await checkOperator(context);
        checkArms(input.ttlSeconds);
        await takeChange(context);
        return { experiment: await inTransaction(context, (transaction) => start(transaction, input)) };
      }),
      endCacheExperiment: mutationInSteps<EndCacheExperimentInput, Payload>(async (input, context) => {
        await checkOperator(context);
        await takeChange(context);
        return { experiment: await inTransaction(context, (transaction) => end(transaction, input)) };
      }),
    },
    StartCacheExperimentPayload: payload,
    EndCacheExperimentPayload: payload,
    CacheExperiment: {
      arms: ({ arms }: ExperimentRecord): ShownArm[] =>
        arms.map((arm, place) => ({
          ...arm,
          first: place === 0 ? undefined : arms[0],
          compared: arms.length - 1,
        })),
    },
    CacheExperimentArm: {
      ttlSeconds: ({ ttlMs }: ShownArm) => ttlMs / 1_000,
      hitRatio: (arm: ShownArm) => shareOf(hitsOf(arm)),
      savedLoads: (arm: ShownArm) => savedLoads(arm),
      behindShare: (arm: ShownArm) => behindShareOf(arm),
      avgBehindSeconds: ({ behind, behindMs }: ShownArm) => (behind === 0 ? null : behindMs / behind / 1_000),
      maxBehindSeconds: ({ behind, maxBehindMs }: ShownArm) => (behind === 0 ? null : maxBehindMs / 1_000),
      hitRatioTest: (arm: ShownArm) => shownTest(arm, arm.hitEvidence, differenceOf(arm.hitEvidence)),
      behindTest: (arm: ShownArm) => shownTest(arm, arm.behindEvidence, behindDifference(arm)),
    },
  };
}

function checkArms(ttlSeconds: readonly number[]): void {
  const different = new Set(ttlSeconds).size;
  if (different === ttlSeconds.length && different >= 2) return;
  const got = different < ttlSeconds.length ? 'one twice' : `${different}`;
  throw new Refusal([invalid('ttlSeconds', `Expected 2 to ${maxArms} different lifetimes, but got ${got}.`)]);
}

async function start({ queries, now }: Transaction, { category, ttlSeconds }: StartCacheExperimentInput) {
  await lockExperiments(queries);
  const running = await findExperiment(queries);
  if (running) {
    const message = `An experiment on ${running.category} runs since ${running.startedAt}: end it with endCacheExperiment first.`;
    throw new Refusal([conflict(null, message)]);
  }
  const arms = ttlSeconds.map((seconds) => newArm(seconds * 1_000));
  const experiment = { id: randomUUID(), category, startedAt: now.toISOString(), arms };
  await insertExperiment(queries, experiment);
  return experiment;
}

async function end({ queries, now }: Transaction, { adoptTtlSeconds }: EndCacheExperimentInput) {
  await lockExperiments(queries);
  const experiment = await findExperiment(queries);
  if (!experiment) throw new Refusal([conflict(null, 'Expected an experiment that runs, but none does.')]);
  if (adoptTtlSeconds != null) {
    const ttlMs = adoptTtlSeconds * 1_000;
    const offered = experiment.arms.map((arm) => arm.ttlMs);
    if (!offered.includes(ttlMs)) {
      const message = `Expected one of ${offered.map((ms) => ms / 1_000).join(', ')}, but got ${adoptTtlSeconds}.`;
      throw new Refusal([invalid('adoptTtlSeconds', message)]);
    }
    await lockOverrides(queries);
    await changeOverride(queries, { category: experiment.category, change: { ttlMs }, now });
  }
  await deleteExperiments(queries);
  return experiment;
}

/** Loads that the first arm would have needed beyond this one's for as many lookups. */
function savedLoads({ first, ...arm }: ShownArm): number | null {
  const [ratio, firstRatio] = [shareOf(hitsOf(arm)), first && shareOf(hitsOf(first))];
  return ratio == null || firstRatio == null ? null : (ratio - firstRatio) * hitsOf(arm).whole;
}

/** The difference of the shares of lookups that are behind, of which the evidence has those that were checked. */
function behindDifference({ first, ...arm }: ShownArm): number | null {
  const [difference, perCheck] = [differenceOf(arm.behindEvidence), first && hitsPerCheck(first, arm)];
  return difference === null || perCheck == null ? null : difference * perCheck;
}

function shownTest({ first, compared }: ShownArm, { comparisons, ...evidence }: Evidence, difference: number | null) {
  if (!first) return null;
  const pValue = pValueOf(evidence, compared);
  return { comparisons, difference, pValue, isReal: pValue <= significance };
}
