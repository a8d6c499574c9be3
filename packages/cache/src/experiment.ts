import { mixBits } from './measure.ts';
import { validateLimits } from './policy.ts';

/** Groups of keys. Each is dealt to the arms by itself, so that a round has so many independent comparisons. */
const GROUPS = 16;
/** How long a round counts, in longest lifetimes: several, since a busy key is loaded once in each. */
const COUNTED_LIFETIMES = 4;
const SHORTEST_COUNT_MS = 60_000;
/** Time after the longest lifetime for loads that were slow and audits that wait for an invalidation. */
const SPARE_MS = 60_000;
const MAX_ARMS = 10;

export interface ExperimentOptions {
  /** The lifetimes to compare, one for each arm, 2–10 of them. */
  readonly ttlMs: readonly number[];
  /** Chooses the arms of keys. Experiments of different seeds are independent of each other. */
  readonly seed: number;
}

/** What the load of a key gets. */
export interface Dealt {
  readonly ttlMs: number;
  /** Undefined if the load is not counted. */
  readonly trial: Trial | undefined;
}

/** An entry, as far as an experiment looks at it. */
interface ExperimentEntry {
  readonly hits: number;
  readonly loadMs: number;
  trial: Trial | undefined;
}

/** What the entries did that one arm loaded of one group of keys in one round. */
export class Trial {
  readonly ttlMs: number;
  loads = 0; // that made an entry, in the background or not
  hits = 0;
  savedMs = 0; // load time that the hits did not spend
  checked = 0; // hits that the audit could compare
  behind = 0; // of them, those that differed
  behindMs = 0; // sum of the ages of their entries: each was behind by at most its age
  maxBehindMs = 0;

  constructor(ttlMs: number) {
    this.ttlMs = ttlMs;
  }

  /** Adds what an entry did. Call it once for each, when it leaves or its round ends. */
  addUse({ hits, loadMs }: Pick<ExperimentEntry, 'hits' | 'loadMs'>): void {
    this.hits += hits;
    this.savedMs += hits * loadMs;
  }

  addAudit(behindMs: number | undefined): void {
    this.checked++;
    if (behindMs === undefined) return;
    this.behind++;
    this.behindMs += behindMs;
    this.maxBehindMs = Math.max(this.maxBehindMs, behindMs);
  }
}

/** How long entries may be served after their lifetime, and when the first round begins. */
interface ScheduleStart {
  readonly staleMs: number;
  readonly startedAt: number;
}

/** The times of rounds. */
interface Schedule {
  readonly startedAt: number;
  /** The number of the round that begins then. */
  readonly first: number;
  /** The longest time from a load to the last hit. */
  readonly longestMs: number;
  readonly roundMs: number;
}

/**
 * Compares lifetimes in one category. Time is cut into rounds. In each round the hash of a key and the round decides which group
 * and which arm the key belongs to, so that a key with much traffic is not always on the same side.
 *
 * A round outlasts the longest lifetime several times: a key is loaded once in a lifetime, so in a shorter round a key that the
 * round before gave a long lifetime would not take part at all, and an arm would consist of keys that are read rarely. A round
 * counts loads after a warm-up, when what earlier arms loaded has expired, and the hits of these entries until they leave. It ends
 * when all have expired. The figures of different rounds and groups come from independent draws.
 */
export class Experiment {
  readonly #ttlMs: readonly number[];
  readonly #seed: number;
  #schedule: Schedule;
  /** The trials of open rounds by number, by group and arm. */
  readonly #rounds = new Map<number, readonly (readonly Trial[])[]>();
  #nextToEnd = 0;

  /** Throws a `RangeError` for lifetimes that make no sense. */
  constructor({ ttlMs, seed }: ExperimentOptions, start: ScheduleStart) {
    if (ttlMs.length < 2 || ttlMs.length > MAX_ARMS)
      throw new RangeError(`ttlMs: expected 2 to ${MAX_ARMS} lifetimes but got ${ttlMs.length}`);
    validateLimits(Object.fromEntries(ttlMs.map((ms, arm) => [`ttlMs[${arm}]`, ms])));
    this.#ttlMs = ttlMs;
    this.#seed = seed;
    this.#schedule = scheduleOf(ttlMs, start, 0);
  }

  /** Gives up the open rounds and begins another: the times of the old ones do not fit a new stale window. */
  restart(start: ScheduleStart): void {
    const next = roundAt(this.#schedule, start.startedAt) + 1; // not an old number, whose deal is known
    this.#schedule = scheduleOf(this.#ttlMs, start, next);
    this.#nextToEnd = next;
    this.#rounds.clear();
  }

  /** The lifetime and trial of a load by the time at which it started. One that outlasted its round is not counted. */
  deal(keyHash: number, loadStartedAt: number): Dealt {
    const round = roundAt(this.#schedule, loadStartedAt);
    const draw = mixBits(keyHash ^ mixBits(this.#seed + round));
    const arm = draw % this.#ttlMs.length;
    const isCounted = round >= this.#nextToEnd && loadStartedAt >= countFrom(this.#schedule, round);
    const group = Math.floor(draw / this.#ttlMs.length) % GROUPS;
    return { ttlMs: this.#ttlMs[arm]!, trial: isCounted ? this.#trialsOf(round)[group]![arm] : undefined };
  }

  /**
   * Ends the rounds whose entries have all expired, and returns the trials of each of their groups. Scans `entries` when a round
   * ends.
   */
  endRounds(entries: Iterable<ExperimentEntry>, now: number): (readonly Trial[])[] {
    const over = roundAt(this.#schedule, now - this.#schedule.longestMs - SPARE_MS);
    if (over <= this.#nextToEnd) return [];
    this.#nextToEnd = over;
    const ended = [...this.#rounds].filter(([round]) => round < over);
    if (ended.length === 0) return [];
    const groups = ended.flatMap(([, trials]) => trials);
    const endedTrials = new Set(groups.flat());
    for (const entry of entries) {
      if (entry.trial === undefined || !endedTrials.has(entry.trial)) continue;
      entry.trial.addUse(entry);
      entry.trial = undefined;
    }
    for (const [round] of ended) this.#rounds.delete(round);
    return groups;
  }

  #trialsOf(round: number): readonly (readonly Trial[])[] {
    let trials = this.#rounds.get(round);
    if (trials === undefined) {
      trials = Array.from({ length: GROUPS }, () => this.#ttlMs.map((ttlMs) => new Trial(ttlMs)));
      this.#rounds.set(round, trials);
    }
    return trials;
  }
}

function scheduleOf(ttlMs: readonly number[], { staleMs, startedAt }: ScheduleStart, first: number): Schedule {
  const longestMs = Math.max(...ttlMs) + staleMs;
  const roundMs = longestMs + Math.max(SHORTEST_COUNT_MS, COUNTED_LIFETIMES * longestMs);
  return { startedAt, first, longestMs, roundMs };
}

function roundAt({ startedAt, first, roundMs }: Schedule, at: number): number {
  return first + Math.floor((at - startedAt) / roundMs);
}

/** When the round's warm-up is over. */
function countFrom({ startedAt, first, roundMs, longestMs }: Schedule, round: number): number {
  return startedAt + (round - first) * roundMs + longestMs;
}
