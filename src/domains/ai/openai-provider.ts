import { setTimeout as waitFor } from 'node:timers/promises';
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
  /** How to wait between attempts; rejects when the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const maxAnswerBytes = 1024 * 1024;
const firstWaitMs = 500;

/** Any server that speaks OpenAI's chat completions. Only what all of them know is sent: no sampling, no response format. */
export function createOpenAiProvider(options: OpenAiOptions): AiProvider {
  const { baseUrl, apiKey, models, timeoutMs = 60_000, maxAttempts = 3, wait = defaultWait } = options;
  const url = `${baseUrl.replace(/\/+$/, '')}/chat/completions`;
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' };
  if (apiKey) headers.authorization = `Bearer ${apiKey}`;

  async function attempt(body: string, signal: AbortSignal): Promise<AiAnswer> {
    // A redirect could carry the key to somebody else.
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' });
    if (!response.ok) {
      await response.body?.cancel();
      throw refusedError(response);
    }
    return readCompletion(await readText(response), body.length);
  }

  return {
    name: 'openai',
    models,
    async generate(request, signal) {
      const deadline = Date.now() + timeoutMs;
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const body = JSON.stringify({ model: request.model, messages: await messagesOf(request) });
      for (let attempts = 1; ; attempts += 1) {
        try {
          return await attempt(body, limited);
        } catch (error) {
          const failure = limited.aborted ? timedOut(timeoutMs, error) : asFailure(error);
          const waitMs = failure.retryAfterMs ?? firstWaitMs * 2 ** (attempts - 1);
          const isLast = !failure.isWorthRepeating || attempts >= maxAttempts || Date.now() + waitMs >= deadline;
          if (limited.aborted || isLast) throw failure.error;
          await wait(waitMs, limited).catch((cause) => {
            throw timedOut(timeoutMs, cause).error;
          });
        }
      }
    },
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

/** The body, up to a limit: what is longer is no answer to a request for a few sentences. */
async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxAnswerBytes)
      throw new AiProviderError(`The AI server's answer is longer than ${maxAnswerBytes} bytes.`, {
        isRetryable: false,
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface Failure {
  readonly error: AiProviderError;
  readonly isWorthRepeating: boolean;
  readonly retryAfterMs?: number;
}

/** What a status says, without the body: that may repeat parts of the key. */
class RefusedError extends Error {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  constructor(status: number, retryAfterMs: number | undefined) {
    super(`HTTP ${status}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

function refusedError(response: Response): RefusedError {
  return new RefusedError(response.status, retryAfterOf(response.headers.get('retry-after')));
}

/** RFC 9110, 10.2.3: seconds or a date. */
function retryAfterOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function asFailure(error: unknown): Failure {
  if (error instanceof AiProviderError) return { error, isWorthRepeating: false };
  if (error instanceof RefusedError) {
    const { status, retryAfterMs } = error;
    const isRetryable = status === 408 || status === 429 || status >= 500;
    const failed = new AiProviderError(explained(status), { isRetryable, cause: error });
    return { error: failed, isWorthRepeating: isRetryable, retryAfterMs };
  }
  const unreachable = new AiProviderError('The AI server could not be reached.', { isRetryable: true, cause: error });
  return { error: unreachable, isWorthRepeating: true };
}

function explained(status: number): string {
  if (status === 401 || status === 403) return `The AI server refused the key (HTTP ${status}): check AI_API_KEY.`;
  if (status === 404) return 'The AI server knows no such address or model (HTTP 404): check AI_BASE_URL and AI_MODEL.';
  if (status === 429) return 'The AI server has too much to do, or the quota is used up (HTTP 429).';
  return `The AI server answered with HTTP ${status}.`;
}

function timedOut(timeoutMs: number, cause: unknown): Failure {
  const message = `The AI server did not answer within ${timeoutMs / 1_000} seconds.`;
  return { error: new AiProviderError(message, { isRetryable: true, cause }), isWorthRepeating: false };
}

function defaultWait(ms: number, signal: AbortSignal): Promise<void> {
  return waitFor(ms, undefined, { signal });
}
