import { randomBytes } from 'node:crypto';
import { failureOf, isDatabaseError } from '../database/errors.ts';
import { AppliedLog } from './applied-log.ts';
import { Attempts } from './attempts.ts';
import { beat } from './beat.ts';
import { Epoch } from './epoch.ts';
import { HistoryReader } from './history-reader.ts';
import { Lease } from './lease.ts';
import { isIncomplete, readSince } from './log-reading.ts';
import { type LogView, logView } from './log-view.ts';
import { MemberConnection } from './member-connection.ts';
import { type MemberOptions, type Memory, noMemory } from './member-options.ts';
import { acknowledgementChannel, goneChannel, publicationChannel, readPublication } from './messages.ts';
import type { WrittenRow } from './pending-publications.ts';
import { Publishing, placedIn } from './publishing.ts';
import { leave, listen, register } from './registration.ts';
import { removeSilent } from './removal.ts';
import { SeenBeats } from './seen-beats.ts';
import { defaultTiming, systemTime, type Time, type Timing, within } from './timing.ts';

/** For how long the start of the process waits for the first join. */
const startWithinMs = 5_000;
const [joinWithinMs, leaveWithinMs] = [5_000, 1_000];

/**
 * One of the processes that answer from memory what is in a database. A member has a lease, which it renews on the connection on
 * which it hears the invalidations of the others. So while its lease lasts, either it has applied what others committed, or these
 * wait for it. `docs/cluster.md` has the protocol and what it guarantees.
 */
export class Member {
  /** What is known of the log, for values that other processes have loaded; undefined without `tagsOf`. */
  readonly view: LogView | undefined;
  readonly #name = randomBytes(6).toString('hex');
  readonly #options: MemberOptions & { time: Time; timing: Timing };
  readonly #seenBeats: SeenBeats;
  readonly #epoch: Epoch;
  readonly #publishing: Publishing;
  readonly #attempts: Attempts;
  readonly #historyReader: HistoryReader | undefined;
  /** Names that may be registered, also if no answer came. */
  readonly #ids = new Set<string>();
  #log: AppliedLog;
  #lease: Lease;
  #lives = 0;
  /** The connection under whose name this process serves. */
  #connection: MemberConnection | undefined;
  /** The one on which it joins. */
  #joining: MemberConnection | undefined;
  #connecting = Promise.resolve();
  #cancelTimers: (() => void)[] = [];
  #isClosed = false;

  constructor(options: MemberOptions) {
    const { time = systemTime, timing = defaultTiming, tagsVersion, tagsOf, fenceAll, log } = options;
    this.#options = { ...options, time, timing };
    this.#log = new AppliedLog({ tagsVersion, tagsOf, memory: noMemory });
    this.#lease = new Lease({ time, timing, memory: noMemory });
    if (tagsOf)
      this.#historyReader = new HistoryReader({ time, log: () => this.#log, connection: () => this.#connection });
    this.#seenBeats = new SeenBeats(time);
    this.#attempts = new Attempts((message) => log.warn(message));
    this.#epoch = new Epoch({ time, timing, onSettled: (id) => this.#settled(id) });
    this.view = tagsOf && logView({ lease: () => this.#lease, epoch: this.#epoch, log: () => this.#log });
    this.#publishing = new Publishing({
      ...{ name: this.#name, time, timing, tagsVersion, fenceAll, epoch: this.#epoch, seenBeats: this.#seenBeats },
      onFence: (ids) =>
        log.warn(`${ids.join(', ')} did not acknowledge an invalidation in time, and may not answer from memory`),
      onOtherEpoch: (connection) => connection.close(),
      onAnswer: ({ members }) => this.#seenBeats.observe(members),
    });
  }

  /**
   * Joins the others, and tries again for as long as it takes. Resolves when this process may answer from memory, or after some
   * seconds: what it answers without memory is right.
   */
  async join(memory: Memory): Promise<void> {
    this.#log = new AppliedLog({ ...this.#options, memory });
    this.#lease = new Lease({ ...this.#options, memory });
    this.#connecting = this.#connect();
    await within(this.#options.time, startWithinMs, this.#connecting);
  }

  /** The beginning of the names under which this process is listed. */
  get name(): string {
    return this.#name;
  }

  get isLeased(): boolean {
    return this.#lease.isValid;
  }

  /** Undefined before the first join. */
  get epoch(): string | undefined {
    return this.#epoch.id;
  }

  /** Applies rows that this process committed, and publishes them. Resolves when no process answers with anything older. */
  async publish(rows: readonly WrittenRow[]): Promise<void> {
    try {
      for (const row of rows) this.#log.apply(placedIn(this.#epoch.id, row));
    } catch {
      this.#connection?.close(); // it is read from the log, and the others are told anyway
    }
    // The pool wrote into another epoch than that of this connection: another database, or a crash that it has not noticed.
    if (rows.some(({ epoch }) => epoch !== null && epoch !== this.#epoch.id)) this.#connection?.close();
    this.#historyReader?.soon();
    await this.#publishing.publish(rows);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const cancel of this.#cancelTimers) cancel();
    this.#lease.end();
    this.#epoch.stop();
    const connection = this.#connection;
    this.#connection = undefined;
    this.#publishing.close();
    // If it fails, the others wait for the lease. A join that is under way leaves by itself.
    const leaving = connection ? leave(connection).catch(() => {}) : this.#connecting;
    await within(this.#options.time, leaveWithinMs, leaving);
    (connection ?? this.#joining)?.close();
  }

  async #connect(): Promise<void> {
    while (!this.#isClosed) {
      const { pauseMs } = this.#attempts;
      if (pauseMs > 0) await new Promise<void>((resolve) => this.#options.time.after(pauseMs, resolve));
      if (this.#isClosed) return;
      this.#attempts.begin();
      const id = `${this.#name}.${++this.#lives}`;
      const connection = new MemberConnection(this.#options.url, {
        id,
        listener: {
          heard: (_connection, channel, payload) => this.#hear(channel, payload),
          lost: (lost) => this.#lose(lost),
        },
      });
      try {
        this.#joining = connection;
        await this.#begin(connection);
        return;
      } catch (error) {
        for (const cancel of this.#cancelTimers) cancel();
        connection.close();
        this.#attempts.failed(error);
        const isAway = !isDatabaseError(error) || failureOf(error) === 'unavailable';
        if (isAway) this.#lease.cutOff();
      }
    }
  }

  /** Listen, register, read the log, serve: in this order, so that nothing is missed in between. */
  async #begin(connection: MemberConnection): Promise<void> {
    this.#cancelTimers = [this.#options.time.after(joinWithinMs, () => connection.close())];
    await connection.connect();
    await listen(connection, this.#name);
    const sentAtMs = this.#options.time.now();
    const former = [...this.#ids];
    this.#ids.add(connection.id);
    const isOther = this.#epoch.see(
      await register(connection, former).catch((error) => {
        if (isDatabaseError(error) && error.severity === 'ERROR') this.#ids.delete(connection.id); // rolled back
        throw error;
      }),
    );
    for (const id of former) this.#ids.delete(id);
    if (isOther) this.#log.disregard();
    const { reader } = this.#log;
    const page = await readSince(connection, reader).catch((error) => {
      if (isDatabaseError(error) && error.severity === 'ERROR') this.#log.disregard(); // too large, say
      throw error;
    });
    if (page.isWhole) this.#log.take(page, reader);
    else this.#log.restart(page, reader);
    if (this.#isClosed) await leave(connection);
    if (!connection.isOpen || this.#isClosed) throw new Error('the connection was lost before it was of use');
    this.#connection = connection;
    this.#joining = undefined;
    for (const cancel of this.#cancelTimers) cancel();
    this.#lease.extend(sentAtMs);
    this.#scheduleBeat(connection, sentAtMs);
    this.#publishing.attach(connection);
    if (!page.isWhole) void this.#historyReader?.readBack(connection);
    if (this.#lives > 1) this.#options.log.info('connected to the other processes again: answers come from memory');
  }

  #hear(channel: string, payload: string): void {
    if (channel === goneChannel) this.#publishing.gone(payload);
    else if (channel === acknowledgementChannel(this.#name)) this.#publishing.acknowledged(payload);
    else if (channel === publicationChannel) {
      const { writer, sequence, epoch, rows } = readPublication(payload, this.#options.tagsVersion);
      if (writer === this.#name) return;
      for (const row of rows) this.#log.apply(placedIn(this.#epoch.id, { ...row, epoch }));
      this.#publishing.acknowledge(writer, sequence);
      this.#historyReader?.soon();
    }
  }

  #scheduleBeat(connection: MemberConnection, lastSentAtMs: number): void {
    const { time, timing } = this.#options;
    const inMs = Math.max(0, lastSentAtMs + timing.beatMs - time.now());
    const run = () => void this.#beat(connection).catch(() => connection.close());
    this.#cancelTimers = [time.after(inMs, run)];
  }

  async #beat(connection: MemberConnection): Promise<void> {
    const { time, timing } = this.#options;
    const sentAtMs = time.now();
    this.#cancelTimers = [time.after(timing.leaseMs, () => connection.close())]; // a connection that does not answer
    const { reader } = this.#log;
    const answer = await beat(connection, reader).catch(() => undefined);
    if (connection !== this.#connection) return;
    for (const cancel of this.#cancelTimers) cancel();
    if (!answer || answer.epoch !== this.#epoch.id || isIncomplete(answer)) return connection.close();
    if (!this.isLeased) return connection.close(); // a lease that lapsed is not revived: under another name it joins again
    this.#attempts.beatAnswered();
    this.#seenBeats.observe(answer.members);
    this.#log.take(answer, reader);
    this.#log.beat();
    this.#lease.extend(sentAtMs);
    this.#removeSilent(connection);
    void this.#historyReader?.retry(connection);
    this.#scheduleBeat(connection, sentAtMs);
  }

  /** Removes the members whose beat has not changed for longer than a lease, even if no mutation waits for them. */
  #removeSilent(connection: MemberConnection): void {
    const { leaseMs, marginMs } = this.#options.timing;
    const silent = this.#seenBeats.silentFor(leaseMs + marginMs).filter(([id]) => id !== connection.id);
    for (const member of silent) removeSilent(connection, member).catch(() => {}); // tried again
  }

  #settled(epochId: string): void {
    this.#publishing.epochSettled();
    const text = 'update cache_epoch set is_settled = true where id = $1';
    this.#connection?.query({ text, values: [epochId] }).catch(() => {}); // each process waits for itself
  }

  #lose(connection: MemberConnection): void {
    if (connection !== this.#connection) return; // while it was joining
    this.#connection = undefined;
    for (const cancel of this.#cancelTimers) cancel();
    this.#lease.lose();
    this.#publishing.detach();
    if (this.#isClosed) return;
    this.#options.log.warn('the connection to the other processes was lost: there is no lease until it is back');
    this.#connecting = this.#connect();
  }
}
