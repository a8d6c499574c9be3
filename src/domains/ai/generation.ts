import type { Context } from '../context.ts';
import { notFound, providerFailed, Refusal } from '../errors.ts';
import { newId } from '../ids.ts';
import { inTransaction } from '../mutation.ts';
import { findSettings } from '../settings/repository.ts';
import { withinBudget } from './budget.ts';
import { costUsd } from './cost.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type AiCompletion, type AiProvider, AiProviderError } from './provider.ts';
import {
  findOfferedModels,
  findOriginals,
  type GenerationRecord,
  insertGeneration,
  type OfferedModel,
  reportGeneration,
} from './repository.ts';
import type { GenerationRequest } from './requests.ts';
import { tidySuggestions } from './suggestions.ts';

/** Time limit of a provider's call, in addition to the provider's own limit. */
const maxCallMs = 120_000;

/** A request with everything that the call of a model needs. */
interface ModelCall extends GenerationRequest {
  readonly brandVoice: string;
  readonly chosen: OfferedModel;
  readonly fingerprint: string;
}

/**
 * Returns the stored generation of an equal request, at no cost, or calls the model. Of concurrent equal requests one calls it, and
 * the others share its result. No transaction is open during the call.
 */
export async function generate(
  request: GenerationRequest,
  context: Context,
): Promise<{ generation: GenerationRecord }> {
  const call = await prepare(request, context);
  if (call.regenerate) return { generation: await callModel(call, context) };

  const runningCalls = runningCallsOf(context.ports.ai);
  const key = `${context.viewer.workspaceId} ${call.fingerprint}`;
  const running = runningCalls.get(key);
  if (running !== undefined) return { generation: await reuse((await running).original, call, context) };

  const found = findOrCall(call, context);
  runningCalls.set(key, found);
  try {
    const { original, isNew } = await found;
    return { generation: isNew ? original : await reuse(original, call, context) };
  } finally {
    runningCalls.delete(key);
  }
}

async function prepare(request: GenerationRequest, { queries, ports, viewer }: Context): Promise<ModelCall> {
  const { brandVoice } = await findSettings(queries, viewer.workspaceId);
  const models = await findOfferedModels(queries, ports.ai);
  const chosen = request.model === null ? models[0] : models.find(({ id }) => id === request.model);
  if (!chosen)
    throw new Refusal([
      request.model === null
        ? providerFailed(`${ports.ai.name} offers no model.`, false)
        : notFound('model', 'Model', request.model),
    ]);
  const { task, count, identity } = request;
  const fingerprint = fingerprintOf({
    kind: task.kind,
    provider: ports.ai.name,
    model: chosen.id,
    brandVoice,
    count,
    identity,
  });
  return { ...request, brandVoice, chosen, fingerprint };
}

/** A generation that a model wrote, with whether this call of `generate` made the model write it. */
interface FoundOriginal {
  readonly original: GenerationRecord;
  readonly isNew: boolean;
}

const runningCallsByProvider = new WeakMap<AiProvider, Map<string, Promise<FoundOriginal>>>();

/** The running calls of a provider, by workspace and fingerprint. */
function runningCallsOf(provider: AiProvider): Map<string, Promise<FoundOriginal>> {
  const runningCalls = runningCallsByProvider.get(provider) ?? new Map<string, Promise<FoundOriginal>>();
  runningCallsByProvider.set(provider, runningCalls);
  return runningCalls;
}

async function findOrCall(call: ModelCall, context: Context): Promise<FoundOriginal> {
  const [original] = await findOriginals(context.queries, context.viewer, call.fingerprint);
  return original ? { original, isNew: false } : { original: await callModel(call, context), isNew: true };
}

async function callModel(call: ModelCall, context: Context): Promise<GenerationRecord> {
  const { task, chosen, count, brandVoice, fingerprint } = call;
  const { queries, ports, viewer } = context;
  const before = await findOriginals(queries, viewer, fingerprint);
  const request = { task, model: chosen.id, count, brandVoice, seed: `${fingerprint} ${before.length}` };
  const { completion, suggestions } = await refusingFailures(() =>
    withinBudget(context, async () => {
      const completion = await ports.ai.generate(request, AbortSignal.timeout(maxCallMs));
      return { completion, suggestions: tidySuggestions(completion, task, count) };
    }),
  );
  return store(call, { ...completion, suggestions, reusedFrom: null }, context);
}

/** Stores a generation with the suggestions of an original, at no cost. */
function reuse(original: GenerationRecord, call: ModelCall, context: Context): Promise<GenerationRecord> {
  const { suggestions, id: reusedFrom } = original;
  return store(call, { suggestions, inputTokens: 0, outputTokens: 0, reusedFrom }, context);
}

function store(
  { task, accountId, prompt, chosen, fingerprint }: ModelCall,
  { suggestions, inputTokens, outputTokens, reusedFrom }: AiCompletion & { reusedFrom: string | null },
  context: Context,
): Promise<GenerationRecord> {
  return inTransaction(context, ({ queries, viewer, changes, now }) => {
    reportGeneration(changes, { kind: task.kind, accountId });
    return insertGeneration(queries, viewer, {
      id: newId('AiGeneration'),
      kind: task.kind,
      accountId,
      prompt,
      modelId: chosen.id,
      fingerprint,
      suggestions,
      inputTokens,
      outputTokens,
      costUsd: costUsd({ inputTokens, outputTokens }, chosen),
      reusedFrom,
      requestedById: viewer.userId,
      createdAt: now.toISOString(),
    });
  });
}

/** Turns a failure of the provider into a refusal. */
async function refusingFailures<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof AiProviderError) throw new Refusal([providerFailed(error.message, error.isRetryable)]);
    throw error;
  }
}
