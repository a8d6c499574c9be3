import type { Context } from '../context.ts';
import { notFound, providerFailed, Refusal } from '../errors.ts';
import { newId } from '../ids.ts';
import { inTransaction } from '../mutation.ts';
import { findSettings } from '../settings/repository.ts';
import { withinBudget } from './budget.ts';
import { costUsd } from './cost.ts';
import { fingerprintOf } from './fingerprint.ts';
import { type AiAnswer, type AiProvider, AiProviderError } from './provider.ts';
import {
  findAnswers,
  findOfferedModels,
  type GenerationRecord,
  insertGeneration,
  type OfferedModel,
  reportGeneration,
} from './repository.ts';
import type { GenerationRequest } from './requests.ts';
import { tidySuggestions } from './suggestions.ts';

/** Time limit of a provider's call, in addition to the provider's own limit. */
const longestAnswerMs = 120_000;

interface Inquiry extends GenerationRequest {
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
  const inquiry = await prepare(request, context);
  if (inquiry.regenerate) return { generation: await ask(inquiry, context) };

  const inquiries = inquiriesOf(context.ports.ai);
  const key = `${context.viewer.workspaceId} ${inquiry.fingerprint}`;
  const running = inquiries.get(key);
  if (running !== undefined) return { generation: await giveAgain((await running).answer, inquiry, context) };

  const found = findOrAsk(inquiry, context);
  inquiries.set(key, found);
  try {
    const { answer, isNew } = await found;
    return { generation: isNew ? answer : await giveAgain(answer, inquiry, context) };
  } finally {
    inquiries.delete(key);
  }
}

async function prepare(request: GenerationRequest, { queries, ports, viewer }: Context): Promise<Inquiry> {
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

interface Found {
  readonly answer: GenerationRecord;
  readonly isNew: boolean;
}

const inquiriesByProvider = new WeakMap<AiProvider, Map<string, Promise<Found>>>();

/** The running calls of the provider. */
function inquiriesOf(provider: AiProvider): Map<string, Promise<Found>> {
  const inquiries = inquiriesByProvider.get(provider) ?? new Map<string, Promise<Found>>();
  inquiriesByProvider.set(provider, inquiries);
  return inquiries;
}

async function findOrAsk(inquiry: Inquiry, context: Context): Promise<Found> {
  const [answer] = await findAnswers(context.queries, context.viewer, inquiry.fingerprint);
  return answer ? { answer, isNew: false } : { answer: await ask(inquiry, context), isNew: true };
}

async function ask(inquiry: Inquiry, context: Context): Promise<GenerationRecord> {
  const { task, chosen, count, brandVoice, fingerprint } = inquiry;
  const { queries, ports, viewer } = context;
  const before = await findAnswers(queries, viewer, fingerprint);
  const request = { task, model: chosen.id, count, brandVoice, seed: `${fingerprint} ${before.length}` };
  const { answer, suggestions } = await withinBudget(context, () =>
    refusingFailures(async () => {
      const answer = await ports.ai.generate(request, AbortSignal.timeout(longestAnswerMs));
      return { answer, suggestions: tidySuggestions(answer, task, count) };
    }),
  );
  return store(inquiry, { ...answer, suggestions, reusedFrom: null }, context);
}

function giveAgain(answer: GenerationRecord, inquiry: Inquiry, context: Context): Promise<GenerationRecord> {
  const { suggestions, id: reusedFrom } = answer;
  return store(inquiry, { suggestions, inputTokens: 0, outputTokens: 0, reusedFrom }, context);
}

function store(
  { task, accountId, prompt, chosen, fingerprint }: Inquiry,
  { suggestions, inputTokens, outputTokens, reusedFrom }: AiAnswer & { reusedFrom: string | null },
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

async function refusingFailures<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof AiProviderError) throw new Refusal([providerFailed(error.message, error.isRetryable)]);
    throw error;
  }
}
