import { uptime } from 'node:os';

/**
 * Messages from a worker to the primary. They keep the caches of the workers of one machine consistent without Redis: a worker sends
 * its invalidation to the primary, the primary sends it to the others, and the mutation is acknowledged when all of them have applied
 * it. A worker that does not acknowledge in time is killed, so that it cannot serve invalid entries.
 */
export type ToPrimary =
  /** From now on the worker may cache, and must receive invalidations. */
  | { readonly kind: 'joined' }
  /** The worker accepts requests. */
  | { readonly kind: 'serving' }
  | { readonly kind: 'invalidated'; readonly id: number; readonly tags: readonly string[]; readonly cause?: string }
  | { readonly kind: 'applied'; readonly id: number };

export type ToWorker =
  | { readonly kind: 'apply'; readonly id: number; readonly tags: readonly string[]; readonly cause?: string }
  | { readonly kind: 'agreed'; readonly id: number }
  /** A worker ended whose last write may not have been announced. */
  | { readonly kind: 'clear' }
  /** Caching is allowed until this uptime of the machine. 0 forbids it, and is acknowledged by `applied`. */
  | { readonly kind: 'caching'; readonly untilUptimeMs: number; readonly id?: number }
  /** Whether the first worker serves, which runs the background work. */
  | { readonly kind: 'background'; readonly isRunning: boolean };

/** A worker, as the primary sees it. */
export interface Member {
  send(message: ToWorker): void;
  /** Kills the worker at once; `leave` follows. */
  kill(): void;
}

/** A message that members have to acknowledge. */
interface Round {
  readonly missing: Set<Member>;
  readonly agree: () => void;
  readonly timer: NodeJS.Timeout;
}

/** The primary's side. */
export class Relay {
  readonly #members = new Set<Member>();
  readonly #rounds = new Map<number, Round>();
  readonly #ackWithinMs: number;
  #lastRound = 0;
  #cachingUntilMs = 0;
  #isBackgroundRunning = false;

  constructor({ ackWithinMs }: { ackWithinMs: number }) {
    this.#ackWithinMs = ackWithinMs;
  }

  receive(from: Member, message: ToPrimary): void {
    if (message.kind === 'joined') this.#admit(from);
    else if (message.kind === 'invalidated') this.#spread(from, message);
    else if (message.kind === 'applied') this.#acknowledge(message.id, from);
  }

  /** Removes a worker that has ended. Nothing waits for it any more. The others clear their caches, as its last commit may not have been announced. */
  leave(member: Member): void {
    if (!this.#members.delete(member)) return;
    for (const other of this.#members) other.send({ kind: 'clear' });
    for (const id of [...this.#rounds.keys()]) this.#acknowledge(id, member);
  }

  /** Allows the workers to cache until a time of `performance.now()`. 0 forbids it, and resolves when no worker caches any more. */
  async allowCaching(untilMs: number): Promise<void> {
    this.#cachingUntilMs = untilMs;
    const allowed: ToWorker = { kind: 'caching', untilUptimeMs: toUptime(untilMs) };
    if (untilMs > 0) for (const member of this.#members) member.send(allowed);
    else
      await new Promise<void>((agree) => {
        this.#begin(new Set(this.#members), { agree, message: (id) => ({ ...allowed, id }) });
      });
  }

  tellBackground(isRunning: boolean): void {
    this.#isBackgroundRunning = isRunning;
    for (const member of this.#members) member.send({ kind: 'background', isRunning });
  }

  /** Sends a new worker the current state. A worker caches nothing until it is allowed to. */
  #admit(member: Member): void {
    this.#members.add(member);
    member.send({ kind: 'background', isRunning: this.#isBackgroundRunning });
    if (this.#cachingUntilMs > 0) member.send({ kind: 'caching', untilUptimeMs: toUptime(this.#cachingUntilMs) });
  }

  #spread(origin: Member, { id: originId, tags, cause }: ToPrimary & { kind: 'invalidated' }): void {
    const others = new Set([...this.#members].filter((member) => member !== origin));
    this.#begin(others, {
      agree: () => origin.send({ kind: 'agreed', id: originId }),
      message: (id) => ({ kind: 'apply', id, tags, cause }),
    });
  }

  #begin(missing: Set<Member>, { agree, message }: { agree: () => void; message: (id: number) => ToWorker }): void {
    const id = ++this.#lastRound;
    const timer = setTimeout(() => this.#endLaggards(id), this.#ackWithinMs);
    this.#rounds.set(id, { missing, agree, timer });
    for (const member of missing) member.send(message(id));
    this.#settle(id);
  }

  #acknowledge(id: number, member: Member): void {
    if (this.#rounds.get(id)?.missing.delete(member)) this.#settle(id);
  }

  #settle(id: number): void {
    const round = this.#rounds.get(id);
    if (!round || round.missing.size > 0) return;
    clearTimeout(round.timer);
    this.#rounds.delete(id);
    round.agree();
  }

  #endLaggards(id: number): void {
    for (const member of this.#rounds.get(id)?.missing ?? []) member.kill();
  }
}

/** Converts `performance.now()`, whose origin differs in each process, to the machine's uptime, which all processes share. */
function toUptime(atMs: number): number {
  return atMs === 0 ? 0 : atMs - performance.now() + uptime() * 1000;
}

function fromUptime(atMs: number): number {
  return atMs === 0 ? 0 : atMs - uptime() * 1000 + performance.now();
}

/** The channel between a worker and the primary. */
export interface Line {
  send(message: ToPrimary): void;
  onMessage(listener: (message: ToWorker) => void): void;
}

export interface Hearing {
  /** Applies the invalidation of another worker. */
  apply(tags: readonly string[], cause: string | undefined): void;
  /** Clears the cache, because another worker has ended: its last write is unknown. */
  clearAll(): void;
  /** Allows caching until a time of `performance.now()`. 0 forbids it, and resolves when nothing is cached any more. */
  allowCaching?(untilMs: number): Promise<void>;
  /** Says whether the background work runs in any worker. */
  tellBackground?(isRunning: boolean): void;
}

/** The worker's side. */
export class RelayLine {
  readonly #line: Line;
  readonly #waiting = new Map<number, () => void>();
  #lastId = 0;

  constructor(line: Line) {
    this.#line = line;
  }

  /** Handles the messages of the primary from now on. */
  join({ apply, clearAll, allowCaching = async () => {}, tellBackground = () => {} }: Hearing): void {
    this.#line.onMessage((message) => {
      if (message.kind === 'clear') clearAll();
      else if (message.kind === 'background') tellBackground(message.isRunning);
      else if (message.kind === 'caching') {
        const { id, untilUptimeMs } = message;
        const allowed = allowCaching(fromUptime(untilUptimeMs));
        if (id !== undefined) void allowed.then(() => this.#line.send({ kind: 'applied', id }));
      } else if (message.kind === 'agreed') {
        this.#waiting.get(message.id)?.();
        this.#waiting.delete(message.id);
      } else {
        apply(message.tags, message.cause);
        this.#line.send({ kind: 'applied', id: message.id });
      }
    });
    this.#line.send({ kind: 'joined' });
  }

  /** Tells the primary that this worker accepts requests. */
  announce(): void {
    this.#line.send({ kind: 'serving' });
  }

  /** Sends an invalidation to the other workers. Resolves when each of them has applied it, or has ended. */
  spread(tags: readonly string[], cause: string | undefined): Promise<void> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#line.send({ kind: 'invalidated', id, tags, cause });
    });
  }
}
