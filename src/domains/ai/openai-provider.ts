import { setTimeout as waitFor } from 'node:timers/promises';
import { evidence } from '../../text/evidence.ts';
import { retryAfterOf, urlBeneath } from '../other-server.ts';
import { ResponseTooLongError, responseText } from '../response-text.ts';
import { readCompletion } from './completion.ts';
import { promptOf } from './prompts.ts';
import {
  type AiCompletion,
  type AiProvider,
  AiProviderError,
  type AiProviderModel,
  type AiRequest,
} from './provider.ts';

export interface OpenAiOptions {
  /** The address including the version, such as `https://api.openai.com/v1`. */
  baseUrl: string;
  /** Sent as a Bearer token. Self-hosted servers often need none. */
  apiKey?: string;
  models: readonly AiProviderModel[];
  /** The limit for a request with all its attempts and the waits between them. */
  timeoutMs?: number;
  maxAttempts?: number;
  /** Waits between attempts; may end early when the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Receives responses that could not be read. */
  log?: { warn(details: object, message: string): void };
}

const maxResponseBytes = 1024 * 1024;
const firstWaitMs = 500;

/**
 * Creates a provider for any server with OpenAI's API of chat completions. Sends only parameters that all of them accept: no
 * sampling, no response format.
 */
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
        if ('completion' in attemptResult) return attemptResult.completion;
        if (limit.aborted) throw timedOut(timeoutMs, attemptResult.error);
        const waitMs = attemptResult.retryAfterMs ?? firstWaitMs * 2 ** (attempt - 1);
        const isInTime = performance.now() + waitMs < deadline;
        if (!attemptResult.error.isRetryable || attempt === maxAttempts || !isInTime) throw attemptResult.error;
        await wait(waitMs, limit);
      }
    },
  };
}

type AttemptResult = { completion: AiCompletion } | { error: AiProviderError; retryAfterMs?: number };

function poster({
  baseUrl,
  apiKey,
  log,
}: OpenAiOptions): (body: string, signal: AbortSignal) => Promise<AttemptResult> {
  const url = urlBeneath(baseUrl, 'chat/completions');
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' };
  if (apiKey) headers.authorization = `Bearer ${apiKey}`;
  const read = (text: string, requestLength: number) => {
    try {
      return readCompletion(text, requestLength);
    } catch (error) {
      log?.warn({ err: error, body: evidence(text, [apiKey]) }, 'ai: a response could not be read');
      throw error;
    }
  };
  return async (body, signal) => {
    try {
      // A redirect could send the key to another server.
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
      if (response.ok) return { completion: read(await readText(response), body.length) };
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

/** A longer response cannot be a reply to a request for a few sentences. */
async function readText(response: Response): Promise<string> {
  try {
    return await responseText(response, maxResponseBytes);
  } catch (error) {
    if (!(error instanceof ResponseTooLongError)) throw error;
    const message = `The response of the AI server is longer than ${maxResponseBytes} bytes.`;
    throw new AiProviderError(message, { isRetryable: false, isCharged: true, cause: error });
  }
}

/** The error of a status. It holds nothing of the body, which may repeat parts of the key. */
function refused(status: number): AiProviderError {
  return new AiProviderError(explained(status), { isRetryable: status === 408 || status === 429 || status >= 500 });
}

function explained(status: number): string {
  if (status === 401 || status === 403) return `The AI server refused the key (HTTP ${status}): check AI_API_KEY.`;
  if (status === 404) return 'The AI server has no such address or model (HTTP 404): check AI_BASE_URL and AI_MODEL.';
  if (status === 429) return 'The AI server is overloaded, or the quota is used up (HTTP 429).';
  return `The AI server responded with HTTP ${status}.`;
}

function unreachable(cause: unknown): AiProviderError {
  return new AiProviderError('The AI server could not be reached.', { isRetryable: true, cause });
}

function timedOut(timeoutMs: number, cause: unknown): AiProviderError {
  const message = `The AI server did not respond within ${timeoutMs / 1_000} seconds.`;
  return new AiProviderError(message, { isRetryable: true, isCharged: true, cause });
}

/** Ends early when the signal aborts, which the next attempt notices. */
function waitAtMost(ms: number, signal: AbortSignal): Promise<void> {
  return waitFor(ms, undefined, { signal }).catch(() => {});
}
