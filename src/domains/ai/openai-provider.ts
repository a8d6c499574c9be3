import { setTimeout as waitFor } from 'node:timers/promises';
import { evidence } from '../../text/evidence.ts';
import { AnswerTooLongError, answerText } from '../answer-text.ts';
import { readCompletion } from './completion.ts';
import { promptOf } from './prompts.ts';
import { type AiAnswer, type AiProvider, AiProviderError, type AiProviderModel, type AiRequest } from './provider.ts';

export interface OpenAiOptions {
  /** Up to and with the version, as `https://api.openai.com/v1`. */
  baseUrl: string;
  /** Sent as a Bearer token; servers of one's own often need none. */
  apiKey?: string;
  models: readonly AiProviderModel[];
  /** For a whole request, with its repetitions and the waiting between. */
  timeoutMs?: number;
  maxAttempts?: number;
  /** How to wait between attempts; may end early when the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Hears of answers that make no sense. */
  log?: { warn(details: object, message: string): void };
}

const maxAnswerBytes = 1024 * 1024;
const firstWaitMs = 500;

/** Any server that speaks OpenAI's chat completions. Only what all of them know is sent: no sampling, no response format. */
export function createOpenAiProvider(options: OpenAiOptions): AiProvider {
  const { models, timeoutMs = 60_000, maxAttempts = 3, wait = waitAtMost } = options;
  const post = poster(options);
  return {
    name: 'openai',
    models,
    async generate(request, signal) {
      const body = JSON.stringify({ model: request.model, messages: await messagesOf(request) });
      const deadline = performance.now() + timeoutMs;
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      for (let attempt = 1; ; attempt += 1) {
        const attemptResult = await post(body, limit);
        if ('answer' in attemptResult) return attemptResult.answer;
        if (limit.aborted) throw timedOut(timeoutMs, attemptResult.error);
        const waitMs = attemptResult.retryAfterMs ?? firstWaitMs * 2 ** (attempt - 1);
        const isInTime = performance.now() + waitMs < deadline;
        if (!attemptResult.error.isRetryable || attempt === maxAttempts || !isInTime) throw attemptResult.error;
        await wait(waitMs, limit);
      }
    },
  };
}

type AttemptResult = { answer: AiAnswer } | { error: AiProviderError; retryAfterMs?: number };

function poster({
  baseUrl,
  apiKey,
  log,
}: OpenAiOptions): (body: string, signal: AbortSignal) => Promise<AttemptResult> {
  const url = `${baseUrl.replace(/\/+$/, '')}/chat/completions`;
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' };
  if (apiKey) headers.authorization = `Bearer ${apiKey}`;
  const read = (text: string, requestLength: number) => {
    try {
      return readCompletion(text, requestLength);
    } catch (error) {
      log?.warn({ err: error, answer: evidence(text, [apiKey]) }, 'ai: an answer that makes no sense');
      throw error;
    }
  };
  return async (body, signal) => {
    try {
      // A redirect could carry the key to somebody else.
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
      if (response.ok) return { answer: read(await readText(response), body.length) };
      await response.body?.cancel();
      return { error: refused(response.status), retryAfterMs: retryAfterOf(response.headers.get('retry-after')) };
    } catch (error) {
      return { error: error instanceof AiProviderError ? error : unreachable(error) };
    }
  };
}

async function messagesOf(request: AiRequest) {
  const { system, user } = promptOf(request);
  return [
    { role: 'system', content: system },
    { role: 'user', content: request.task.kind === 'ALT_TEXT' ? await withImage(user, request.task.image) : user },
  ];
}

async function withImage(text: string, image: { mimeType: string; read(): Promise<Uint8Array> }) {
  const bytes = Buffer.from(await image.read());
  return [
    { type: 'text', text },
    { type: 'image_url', image_url: { url: `data:${image.mimeType};base64,${bytes.toString('base64')}` } },
  ];
}

/** What is longer is no answer to a request for a few sentences. */
async function readText(response: Response): Promise<string> {
  try {
    return await answerText(response, maxAnswerBytes);
  } catch (error) {
    if (!(error instanceof AnswerTooLongError)) throw error;
    const message = `The AI server's answer is longer than ${maxAnswerBytes} bytes.`;
    throw new AiProviderError(message, { isRetryable: false, cause: error });
  }
}

/** RFC 9110, 10.2.3: seconds or a date. */
function retryAfterOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** By the status alone: the body may repeat parts of the key. */
function refused(status: number): AiProviderError {
  return new AiProviderError(explained(status), { isRetryable: status === 408 || status === 429 || status >= 500 });
}

function explained(status: number): string {
  if (status === 401 || status === 403) return `The AI server refused the key (HTTP ${status}): check AI_API_KEY.`;
  if (status === 404) return 'The AI server knows no such address or model (HTTP 404): check AI_BASE_URL and AI_MODEL.';
  if (status === 429) return 'The AI server has too much to do, or the quota is used up (HTTP 429).';
  return `The AI server answered with HTTP ${status}.`;
}

function unreachable(cause: unknown): AiProviderError {
  return new AiProviderError('The AI server could not be reached.', { isRetryable: true, cause });
}

function timedOut(timeoutMs: number, cause: unknown): AiProviderError {
  const message = `The AI server did not answer within ${timeoutMs / 1_000} seconds.`;
  return new AiProviderError(message, { isRetryable: true, cause });
}

/** Ends early with the signal: the next attempt finds it aborted. */
function waitAtMost(ms: number, signal: AbortSignal): Promise<void> {
  return waitFor(ms, undefined, { signal }).catch(() => {});
}
