import { uptime } from 'node:os';

/**
 * How the workers of one machine agree on what is valid, without Redis: a worker that invalidated something tells the
 * primary, the primary tells the others, and the mutation is answered when every one of them has it. A worker that does not
 * say so in time is ended: what is not there serves nothing stale.
 */
export type ToPrimary =
  /** From now on the worker may keep something, and must hear of invalidations. */
  | { readonly kind: 'joined' }
  /** It answers requests. */
  | { readonly kind: 'serving' }
  | { readonly kind: 'invalidated'; readonly id: number; readonly tags: readonly string[]; readonly cause?: string }
  | { readonly kind: 'applied'; readonly id: number };

export type ToWorker =
  | { readonly kind: 'apply'; readonly id: number; readonly tags: readonly string[]; readonly cause?: string }
  | { readonly kind: 'agreed'; readonly id: number }
  /** Somebody left who may have written what nobody was told. */
  | { readonly kind: 'clear' }
  /** Until which uptime of the machine there may be caching. Not at all is 0, and is acknowledged by `applied`. */
  | { readonly kind: 'caching'; readonly untilUptimeMs: number; readonly id?: number }
  /** Whether the first worker serves, and with it the background work runs. */
  | { readonly kind: 'background'; readonly isRunning: boolean };

/** A worker, as the primary knows it. */
export interface Member {
  send(message: ToWorker): void;
  /** Ends it at once; `leave` follows. */
  kill(): void;
}

/** Something that members have to acknowledge. */
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

  /** It is gone: nobody needs to wait for it any more, and what it committed last, the others may never have been told. */
  leave(member: Member): void {
    if (!this.#members.delete(member)) return;
    for (const other of this.#members) other.send({ kind: 'clear' });
    for (const id of [...this.#rounds.keys()]) this.#acknowledge(id, member);
  }

  /** Tells the workers until when they may cache, in milliseconds of `performance.now()`; 0 resolves when none does any more. */
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

  /** A worker caches nothing until it is told. */
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

/** `performance.now()` begins elsewhere in every process; the machine's uptime is one for all. */
function toUptime(atMs: number): number {
  return atMs === 0 ? 0 : atMs - performance.now() + uptime() * 1000;
}

function fromUptime(atMs: number): number {
  return atMs === 0 ? 0 : atMs - uptime() * 1000 + performance.now();
}

/** A worker's line to the primary. */
export interface Line {
  send(message: ToPrimary): void;
  onMessage(listener: (message: ToWorker) => void): void;
}

export interface Hearing {
  /** Another worker's invalidation. */
  apply(tags: readonly string[], cause: string | undefined): void;
  /** One of the others has died: what it wrote last, nobody knows. */
  clearAll(): void;
  /** Until when there may be caching, in milliseconds of `performance.now()`; 0 resolves when there is none any more. */
  allowCaching?(untilMs: number): Promise<void>;
  /** Whether the background work runs, in whichever worker. */
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

  /** Hears from now on what the primary has to say. */
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

  /** Tells that requests are answered from now on. */
  announce(): void {
    this.#line.send({ kind: 'serving' });
  }

  /** Resolves when every other worker has applied it, or is gone. */
  spread(tags: readonly string[], cause: string | undefined): Promise<void> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#line.send({ kind: 'invalidated', id, tags, cause });
    });
  }
}
