import { setTimeout as waitFor } from 'node:timers/promises';
import { retryAfterOf } from '../domains/other-server.ts';
import { inTime } from '../domains/time-limit.ts';
import { evidence } from '../text/evidence.ts';

/** A change of an alert's state. */
export interface AlertNotice {
  /** The same at each attempt, so that a receiver can tell a repetition. */
  readonly id: string;
  readonly event: 'raised' | 'withdrawn';
  /** ISO 8601. */
  readonly at: string;
  readonly alert: {
    readonly kind: string;
    readonly category: string | null;
    readonly message: string;
    readonly since: string;
  };
  /** The process whose cache it is about, as `cacheProcesses` names it. */
  readonly process: { readonly id: string; readonly host: string; readonly pid: number };
}

/** A receiver of notices that speaks HTTP. */
export interface AlertChannel {
  readonly name: string;
  /** Texts that no log may show. */
  readonly secrets: readonly string[];
  requestOf(notice: AlertNotice, now: Date): { url: string; headers: Record<string, string>; body: string };
  /** How long the receiver asks to wait, by the body of a refusal; undefined if it does not say. */
  retryAfterMs?(body: string): number | undefined;
}

export interface AlertDeliveryOptions {
  readonly channel: AlertChannel;
  readonly log: { error(details: object, message: string): void };
  readonly now?: () => Date;
  /** Ends early when the signal aborts. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly timeoutMs?: number;
}

const maxWaiting = 100;
const maxAttempts = 8; // with waits of 1 to 64 s, two minutes
const firstWaitMs = 1_000;
const longestWaitMs = 300_000;
const maxAnswerChars = 10_000;
/** For what is told at the stop, such as that alerts are withdrawn. */
const lastMs = 2_000;

/**
 * Sends notices to one channel, one after the other, each until the channel takes it: at most eight times, with pauses that double.
 * A refusal that a repetition does not change ends it. At most 100 notices wait; the oldest is given up for a newer one.
 */
export class AlertDelivery {
  readonly #options: AlertDeliveryOptions;
  readonly #waiting: AlertNotice[] = [];
  readonly #stop = new AbortController();
  #isStopping = false;
  #running: Promise<void> | undefined;

  constructor(options: AlertDeliveryOptions) {
    this.#options = options;
  }

  /** Resolves when no notice waits. */
  get idle(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  tell(notice: AlertNotice): void {
    if (this.#isStopping) return;
    if (this.#waiting.length >= maxWaiting) this.#giveUp(this.#waiting.shift()!, `${maxWaiting} newer ones wait`);
    this.#waiting.push(notice);
    this.#running ??= this.#run();
  }

  /** Takes no more notices, and gives up those that are not sent within two seconds. */
  async stop(withinMs = lastMs): Promise<void> {
    this.#isStopping = true;
    const limit = setTimeout(() => this.#stop.abort(), withinMs);
    await this.idle;
    clearTimeout(limit);
  }

  async #run(): Promise<void> {
    for (let notice = this.#waiting.shift(); notice !== undefined; notice = this.#waiting.shift())
      await this.#deliver(notice);
    this.#running = undefined;
  }

  async #deliver(notice: AlertNotice): Promise<void> {
    const { wait = waitAtMost } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const failure = this.#stop.signal.aborted ? { reason: 'the server stops' } : await this.#attempt(notice);
      if (failure === undefined) return;
      if (failure.retryAfterMs === undefined || attempt === maxAttempts) return this.#giveUp(notice, failure.reason);
      const backOffMs = firstWaitMs * 2 ** (attempt - 1);
      await wait(Math.min(longestWaitMs, Math.max(backOffMs, failure.retryAfterMs)), this.#stop.signal);
    }
  }

  /** Returns why the channel did not take the notice; `retryAfterMs` if it may take it later. */
  async #attempt(notice: AlertNotice): Promise<{ reason: string; retryAfterMs?: number } | undefined> {
    const { channel, now = () => new Date(), timeoutMs = 10_000 } = this.#options;
    const { url, headers, body } = channel.requestOf(notice, now());
    try {
      return await inTime(
        async (signal) => {
          // A redirect could carry the notice and its signature to somebody else.
          const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
          const answer = await readStart(response);
          if (response.ok) return undefined;
          const reason = `it answered ${response.status}`;
          if (response.status < 500 && response.status !== 429 && response.status !== 408) return { reason };
          const askedMs = channel.retryAfterMs?.(answer) ?? retryAfterOf(response.headers.get('retry-after'));
          return { reason, retryAfterMs: askedMs ?? 0 };
        },
        timeoutMs,
        this.#stop.signal,
      );
    } catch (error) {
      const { message, cause } = error as Error;
      const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
      return { reason: evidence(reason, [...channel.secrets]), retryAfterMs: 0 };
    }
  }

  #giveUp({ event, alert }: AlertNotice, reason: string): void {
    const { channel, log } = this.#options;
    log.error(
      { channel: channel.name, event, kind: alert.kind, category: alert.category, reason },
      'an alert could not be sent',
    );
  }
}

/** The first 10,000 characters of an answer; the rest is not read. */
async function readStart(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > maxAnswerChars) break;
  }
  return text.slice(0, maxAnswerChars);
}

async function waitAtMost(ms: number, signal: AbortSignal): Promise<void> {
  await waitFor(ms, undefined, { signal, ref: false }).catch(() => {});
}
