import type { Collection } from './collection.ts';
import type { Expectation } from './expectation.ts';
import type { Outcome } from './traffic.ts';

export interface Violation {
  readonly of: Expectation | Collection;
  readonly problem: string;
}

const shownViolations = 5;

/** What happened, as it is printed. */
export class Tally {
  readonly #say: (line: string) => void;
  readonly #startMs = performance.now();
  readonly #outcomes: Record<Outcome, number> = { acknowledged: 0, refused: 0, doubtful: 0 };
  readonly #latenciesMs: number[] = [];
  readonly #faults = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #lastFaults: string[] = [];
  readonly #gaps = { write: new Gap(), read: new Gap() };
  #reads = 0;
  #hits = 0;
  #unread = 0;
  #lost = 0;
  violations = 0;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  now(): string {
    return `${((performance.now() - this.#startMs) / 1_000).toFixed(3).padStart(8)} s`;
  }

  /** Traffic begins: what took time before does not count. */
  begin(): void {
    this.#gaps.write.begin();
    this.#gaps.read.begin();
    this.say('writers and readers begin');
  }

  fault(kind: string, what: string): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
    this.say(what);
  }

  say(what: string): void {
    const line = `${this.now()}  ${what}`;
    this.#lastFaults.push(line);
    if (this.#lastFaults.length > 20) this.#lastFaults.shift();
    this.#say(line);
  }

  wrote(outcome: Outcome, ms: number, told: string): void {
    this.#outcomes[outcome]++;
    if (outcome === 'acknowledged') {
      this.#latenciesMs.push(ms);
      this.#gaps.write.happened();
    } else this.#failed('write', told);
  }

  read(cache: string): void {
    this.#reads++;
    if (cache.startsWith('Magpie; hit')) this.#hits++;
    this.#gaps.read.happened();
  }

  unread(told: string): void {
    this.#unread++;
    this.#failed('read', told);
  }

  lost(count: number): void {
    this.#lost += count;
  }

  /** Something is wrong that is not about one answer. */
  broken(what: string): void {
    this.violations++;
    this.#say(`${this.now()}  VIOLATION: ${what}`);
  }

  violated({ of, problem }: Violation): void {
    this.violations++;
    if (this.violations > shownViolations) return;
    const faults = this.#lastFaults.map((line) => `    ${line}`).join('\n');
    const history = of.history.map((line) => `    ${line}`).join('\n');
    this.#say(
      `${this.now()}  VIOLATION of ${of.name}, ${problem}\n  faults:\n${faults}\n  history of ${of.name}:\n${history}`,
    );
  }

  /** Lines of the summary. */
  summary(): string[] {
    const { acknowledged, refused, doubtful } = this.#outcomes;
    const latencies = this.#latenciesMs.sort((one, other) => one - other);
    const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? Number.NaN).toFixed(1);
    const counts = (of: ReadonlyMap<string, number>) =>
      [...of].map(([name, count]) => `${name} ${count}`).join(' · ') || 'none';
    return [
      `reads ${this.#reads}, of which ${this.#hits} from memory (${((100 * this.#hits) / this.#reads).toFixed(0)} %); ${this.#unread} not answered`,
      `writes acknowledged ${acknowledged}, refused ${refused}, of unknown outcome ${doubtful}; lost by failovers after their acknowledgement ${this.#lost}`,
      `time of an acknowledged write: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(0.999_999)} ms`,
      `longest time without any acknowledged write ${this.#gaps.write.longest()} s, without any answered read ${this.#gaps.read.longest()} s`,
      `faults: ${counts(this.#faults)}`,
      `what failed: ${counts(this.#failures)}`,
      `answers that break the guarantee: ${this.violations}`,
    ];
  }

  /** Whether too little happened for the run to prove anything. */
  get isVain(): boolean {
    return this.#hits < 0.1 * this.#reads || this.#outcomes.acknowledged < 50;
  }

  #failed(what: string, told: string): void {
    const reason = `${what}: ${told.slice(0, 60)}`;
    this.#failures.set(reason, (this.#failures.get(reason) ?? 0) + 1);
  }
}

/** The longest time between two events. */
class Gap {
  #lastMs = performance.now();
  #longestMs = 0;

  begin(): void {
    this.#lastMs = performance.now();
  }

  happened(): void {
    const now = performance.now();
    this.#longestMs = Math.max(this.#longestMs, now - this.#lastMs);
    this.#lastMs = now;
  }

  longest(): string {
    return (this.#longestMs / 1_000).toFixed(1);
  }
}
