import { UnknownOutcomeError } from '../database/errors.ts';
import type { Epoch } from './epoch.ts';
import { Fences } from './fences.ts';
import type { MemberConnection } from './member-connection.ts';
import { type PublishedRow, packRows } from './messages.ts';
import { type Pending, PendingPublications, type WrittenRow } from './pending-publications.ts';
import type { SeenBeats } from './seen-beats.ts';
import type { Time, Timing } from './timing.ts';
import { readAcknowledgement, send, type TransmissionReply } from './transmission.ts';

export interface PublishingOptions {
  /** The process, as acknowledgements name it. */
  readonly name: string;
  readonly time: Time;
  readonly timing: Timing;
  readonly epoch: Epoch;
  readonly tagsVersion: string;
  readonly seenBeats: SeenBeats;
  /** Fences every member through the pool. */
  readonly fenceAll: () => Promise<void>;
  readonly onFence: (ids: readonly string[]) => void;
  /** Called when the database tells another epoch than that of the join. */
  readonly onOtherEpoch: (connection: MemberConnection) => void;
  readonly onAnswer: (answer: TransmissionReply) => void;
}

/** For how long a mutation that was committed waits for the others, before its outcome is told as unknown. */
const giveUpMs = 10_000;

/** Sends what this process committed and what it acknowledges, and waits for the acknowledgements of the others. */
export class Publishing {
  readonly #options: PublishingOptions;
  readonly #unacknowledged: PendingPublications;
  readonly #fences: Fences;
  #outbox: Pending[] = [];
  #acknowledgements = new Map<string, number>();
  #connection: MemberConnection | undefined;
  #isSending = false;
  #isScheduled = false;
  #isClosed = false;
  #cancelAway: (() => void) | undefined;

  constructor(options: PublishingOptions) {
    this.#options = options;
    this.#unacknowledged = new PendingPublications(() => options.epoch.isSettled);
    this.#fences = new Fences({ ...options, onOver: (id) => this.#unacknowledged.gone(id) });
  }

  /** Resolves when no process answers with anything older than these rows. Rejects if that cannot be told in time. */
  publish(rows: readonly WrittenRow[]): Promise<void> {
    if (rows.length === 0) return Promise.resolve();
    if (this.#isClosed) return Promise.reject(untold());
    return new Promise((resolve, reject) => {
      this.#outbox.push({ rows, sinceMs: this.#options.time.now(), resolve, reject });
      if (this.#connection) this.#soon();
      else this.#watchAbsence();
    });
  }

  /** Everything of a writer up to this number has been applied. Cumulative: what comes in one transmission is acknowledged at once. */
  acknowledge(writer: string, sequence: number): void {
    // What the writer's former connection sent may arrive later.
    this.#acknowledgements.set(writer, Math.max(sequence, this.#acknowledgements.get(writer) ?? 0));
    if (this.#connection) this.#soon();
  }

  acknowledged(payload: string): void {
    const { id, sequence } = readAcknowledgement(payload);
    this.#unacknowledged.acknowledged(id, sequence);
  }

  gone(id: string): void {
    this.#unacknowledged.gone(id);
  }

  epochSettled(): void {
    this.#unacknowledged.settleAll();
  }

  /** From now on sends on this connection. */
  attach(connection: MemberConnection): void {
    this.#cancelAway?.();
    this.#cancelAway = undefined;
    this.#connection = connection;
    this.#isSending = false;
    this.#soon();
  }

  /** The connection is lost: what is not settled will be published again, as the others may not have heard of it. */
  detach(): void {
    this.#connection = undefined;
    this.#acknowledgements.clear();
    this.#fences.clear();
    this.#outbox.unshift(...this.#unacknowledged.takeAll());
    this.#watchAbsence();
  }

  /** Rejects what is still waiting, and what comes later. */
  close(): void {
    this.#isClosed = true;
    this.detach();
    this.#cancelAway?.();
    this.#cancelAway = undefined;
    for (const { reject } of this.#outbox.splice(0)) reject(untold());
  }

  #soon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    const { epoch, tagsVersion, name, onOtherEpoch, onAnswer } = this.#options;
    const connection = this.#connection;
    if (!connection || this.#isSending || (this.#outbox.length === 0 && this.#acknowledgements.size === 0)) return;
    this.#isSending = true;
    const [pending, acknowledgements] = [this.#outbox, this.#acknowledgements];
    this.#outbox = [];
    this.#acknowledgements = new Map();
    const lists = packRows(pending.flatMap(({ rows }) => rows).map((row) => placedIn(epoch.id, row)));
    const numbers = pending.length > 0 ? this.#unacknowledged.begin(pending, lists.length) : { first: 0, last: 0 };
    const transmission = { writer: name, epoch: epoch.id!, tagsVersion, first: numbers.first, lists, acknowledgements };
    send(connection, transmission).then(
      (answer) => {
        if (connection !== this.#connection) return; // lost meanwhile: published again
        this.#isSending = false;
        if (answer && answer.epoch !== epoch.id) return onOtherEpoch(connection);
        if (answer) {
          onAnswer(answer);
          this.#await(connection, numbers.last, answer);
        }
        this.#send();
      },
      () => connection.close(),
    );
  }

  #await(connection: MemberConnection, sequence: number, { members }: TransmissionReply): void {
    const others = members.map(([id]) => id).filter((id) => id !== connection.id);
    this.#unacknowledged.sent(sequence, others);
    if (this.#unacknowledged.missing(sequence).length === 0) return;
    const { time, timing } = this.#options;
    const fence = () => {
      if (connection !== this.#connection) return;
      this.#fences.fence(connection, this.#unacknowledged.missing(sequence)).catch(() => connection.close());
    };
    // A process that was stopped runs its timers before it reads the acknowledgements that wait in the socket.
    time.after(timing.patienceMs, () => void setImmediate(fence));
  }

  /**
   * Without a connection when the oldest mutation has waited for `busAwayMs`, everybody is fenced through the pool, and their
   * leases are waited for. The wait counts from the mutation, so that connections that last for a moment do not prolong it.
   */
  #watchAbsence(): void {
    const { time, timing } = this.#options;
    const [oldest] = this.#outbox;
    if (oldest) this.#goRoundIn(Math.max(0, oldest.sinceMs + timing.busAwayMs - time.now()));
  }

  #goRoundIn(delayMs: number): void {
    this.#cancelAway ??= this.#options.time.after(delayMs, () => {
      this.#cancelAway = undefined;
      void this.#goRound(this.#outbox.splice(0));
    });
  }

  async #goRound(waiting: readonly Pending[]): Promise<void> {
    const { time, timing, fenceAll } = this.#options;
    try {
      await fenceAll();
      time.after(timing.leaseMs, () => {
        for (const { resolve } of waiting) resolve();
      });
    } catch {
      const isLate = ({ sinceMs }: Pending) => this.#isClosed || time.now() - sinceMs > giveUpMs;
      for (const { reject } of waiting.filter(isLate)) reject(untold());
      this.#outbox.unshift(...waiting.filter((pending) => !isLate(pending)));
      if (this.#outbox.length === 0) return;
      if (this.#connection) this.#soon();
      else this.#goRoundIn(timing.busAwayMs);
    }
  }
}

function untold(): UnknownOutcomeError {
  return new UnknownOutcomeError('a write was committed, but the other processes could not be told of it');
}

/** Another epoch's transaction ids mean nothing in this one. */
export function placedIn(epochId: string | undefined, row: WrittenRow): PublishedRow {
  const { id, xid, workspaceId, tags, cause } = row;
  const isPlaced = row.epoch !== null && row.epoch === epochId;
  return { ...(isPlaced ? { id, xid } : { id: null, xid: null }), workspaceId, tags, cause };
}
