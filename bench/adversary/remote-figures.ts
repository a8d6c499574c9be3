import { setTimeout as delay } from 'node:timers/promises';
import type { Host } from './host.ts';

interface Figures {
  readonly hits: number;
  readonly misses: number;
  readonly writes: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly omitted: Readonly<Record<string, number>>;
}

const askEveryMs = 500;
const query = `{ cacheStats { startedAt remote {
  hits misses writes errors timeouts
  refused { corrupt version foreign outdated expired unleased }
  omitted { unfaithful outdated busy unavailable }
} } }`;

/**
 * What the processes have read from Redis and written there, over all of their lives. One that is killed takes with it what it counted
 * since it was last asked: so all figures are at least so many.
 */
export class RemoteFigures {
  /** By process and when it started. */
  readonly #latest = new Map<string, Figures>();
  readonly #running: Promise<void>[] = [];
  #isStopped = false;

  start(hosts: readonly Host[], token: string): void {
    for (const host of hosts) this.#running.push(this.#watch(host, token));
  }

  /** Resolves when all were asked for the last time. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
  }

  get hits(): number {
    return this.#sum(({ hits }) => hits);
  }

  summary(): string[] {
    const reasons = (of: 'refused' | 'omitted') =>
      Object.keys([...this.#latest.values()][0]?.[of] ?? {})
        .map((reason) => `${reason} ${this.#sum((figures) => figures[of][reason]!)}`)
        .join(' · ');
    const [misses, writes] = [this.#sum((of) => of.misses), this.#sum((of) => of.writes)];
    const [errors, timeouts] = [this.#sum((of) => of.errors), this.#sum((of) => of.timeouts)];
    return [
      `lookups that Redis answered ${this.hits}, that it had no value for ${misses}; values found and refused: ${reasons('refused')}`,
      `values written to Redis ${writes}; loaded and not written: ${reasons('omitted')}; calls that failed ${errors}, that took too long ${timeouts}`,
    ];
  }

  #sum(figure: (figures: Figures) => number): number {
    return [...this.#latest.values()].reduce((sum, figures) => sum + figure(figures), 0);
  }

  async #watch(host: Host, token: string): Promise<void> {
    for (;;) {
      const isLast = this.#isStopped;
      const answer = host.isRunning ? await host.ask(token, query).catch(() => undefined) : undefined;
      const stats = answer?.json.data?.cacheStats;
      if (stats?.remote) this.#latest.set(`${host.number} ${stats.startedAt}`, stats.remote);
      if (isLast) return;
      await delay(askEveryMs);
    }
  }
}
