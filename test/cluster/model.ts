/**
 * A model of the protocol in docs/cluster.md, without a database: processes, connections whose messages take random times and may be lost,
 * pauses, crashes of processes and of the database. Everything is decided by a seed. A value is the set of writes that it shows.
 *
 * `false` for a safeguard takes it away.
 */
export interface Safeguards {
  /** Answers come from memory only under a lease. */
  readonly lease: boolean;
  /** A mutation waits for acknowledgements. */
  readonly acknowledgements: boolean;
  /** A lease counts from when its beat was sent, not from when it was answered. */
  readonly leaseFromSending: boolean;
  /** Others are told after the commit, not before. */
  readonly tellsAfterCommit: boolean;
  /** The members to wait for are read after the commit. */
  readonly membersAfterCommit: boolean;
  /** Who joins listens before it serves. */
  readonly listensFirst: boolean;
  /** Who joins reads the log after it is registered. */
  readonly logAfterRegistration: boolean;
  /** The log is read by snapshots, not beyond the highest transaction that was heard of. */
  readonly snapshots: boolean;
  /** A beat fails when its member is fenced. */
  readonly fences: boolean;
  /** Who joined a load is checked again when the load ends. */
  readonly checksJoiners: boolean;
  /** A crash of the database begins an epoch, in which everything is forgotten, and nothing is answered for a lease. */
  readonly settles: boolean;
  /** Who reads the log without knowing what it has shown forgets after that. */
  readonly forgetsLast: boolean;
  /** The remote tier is asked under a lease only. */
  readonly asksUnderLease: boolean;
  /** A value is offered to it with the horizon that was known when its load began, and only if it is valid. */
  readonly offersAsLoaded: boolean;
  /** The horizon is the end of what a snapshot shows, not the highest transaction that was heard of. */
  readonly horizonBySnapshot: boolean;
  /** Its values are compared with what was invalidated since. */
  readonly comparesTags: boolean;
  /** What the log is not known back to is not taken from it. */
  readonly reachesBack: boolean;
  /** A connection brings everything, in order, or nothing more: acknowledgements are of all up to a number. */
  readonly hearsAllOrNothing: boolean;
  /** Transactions are told apart by their epoch: after a failover that loses commits, their ids are given again. */
  readonly placesByEpoch: boolean;
  /** What is known of the log of another epoch says nothing of values of this one. */
  readonly voidsHistory: boolean;
  /** Who cannot reach the others fences them all through the pool, and waits for their leases. */
  readonly fencesWhenAway: boolean;
}

export const allSafeguards: Safeguards = {
  ...{ lease: true, acknowledgements: true, leaseFromSending: true, tellsAfterCommit: true, membersAfterCommit: true },
  ...{
    listensFirst: true,
    logAfterRegistration: true,
    snapshots: true,
    fences: true,
    checksJoiners: true,
    settles: true,
    forgetsLast: true,
  },
  ...{ asksUnderLease: true, offersAsLoaded: true, horizonBySnapshot: true, comparesTags: true, reachesBack: true },
  ...{ hearsAllOrNothing: true, placesByEpoch: true, voidsHistory: true, fencesWhenAway: true },
};

export interface Outcome {
  /** Reads that showed less than what was acknowledged before they came. */
  readonly stale: number;
  /** Processes whose memory differs from the database when all is quiet. */
  readonly different: number;
  /** Mutations that were never answered. */
  readonly unanswered: number;
  readonly hits: number;
  /** Values that the remote tier brought. */
  readonly remoteHits: number;
}

const leaseMs = 200;
const marginMs = 20;
const beatMs = 50;
const patienceMs = 30;
const busAwayMs = 100;
const endOfFaultsMs = 1_500;
const endMs = 3_000;

type Value = ReadonlySet<number>;

/** The numbers of writes are never given twice, unlike the ids of their transactions. */
const failoverStep = 1_000;
const xidOf = (write: number) => write % failoverStep;

/** There are several things that writes change, each with a tag of its own. */
const tagCount = 3;
const tagOf = (write: number) => xidOf(write) % tagCount;

interface Connection {
  readonly id: string;
  isUp: boolean;
  isListening: boolean;
  /**
   * From this moment on nothing arrives at the process, and nobody is told. It never hears again on this connection: what arrives is a
   * beginning of what was sent, in order, and acknowledgements of all up to a number rest on that.
   */
  deafFromMs: number;
  /** The last arrival in each direction, so that messages stay in order. */
  toServerMs: number;
  toProcessMs: number;
  /** Of notifications, which answers may overtake. */
  noticesMs: number;
}

/** A value in the remote tier, which brings any that it was ever given. */
interface RemoteValue {
  readonly value: Value;
  readonly epoch: number;
  readonly horizon: number;
}

/** What a statement sees: the transactions that are committed, below which all have ended, and from which on none has. */
interface Snapshot {
  readonly log: readonly number[];
  readonly xmin: number;
  readonly xmax: number;
}

interface Load {
  value: Value | undefined;
  isInvalid: boolean;
  readonly stamp: number;
  /** What was known of the log when it began; undefined without a lease. */
  mark: { epoch: number; horizon: number } | undefined;
  readonly waiting: Reader[];
}

interface Reader {
  readonly tag: number;
  readonly owed: Value;
  readonly stamp: number;
}

interface Process {
  readonly name: string;
  lives: number;
  publications: number;
  pausedUntilMs: number;
  cutOffUntilMs: number;
  /** What came during a pause, in order. */
  backlog: (() => void)[];
  connection: Connection | undefined;
  formerIds: string[];
  isServing: boolean;
  leaseUntilMs: number;
  epoch: number;
  /** What the log has shown, or, without snapshots, the highest transaction that was heard of. */
  seen: Set<number> | undefined;
  applied: Set<number>;
  stamp: number;
  /** By tag. */
  readonly memory: Map<number, Value>;
  readonly loads: Map<number, Load>;
  seenBeats: Map<string, { beat: number; atMs: number }>;
  /** All transactions up to this one had ended when the log was read last. */
  horizon: number;
  /** The last transaction that invalidated each tag, as far back as `floor`. */
  readonly positions: Map<number, number>;
  floor: number;
  /** How often what was known of the log was forgotten. What was asked before that is not used. */
  voids: number;
}

interface Mutation {
  readonly write: number;
  /** In which it was written. */
  readonly epoch: number;
  readonly by: Process;
  /** The number of its last publication, among those of its process. */
  sequence: number;
  missing: Set<string> | undefined;
  early: Set<string>;
  isAnswered: boolean;
  /** It is not published any more, as the leases of all are waited for. */
  isAway: boolean;
  attempt: number;
}

export function runSchedule(seed: number, safeguards: Safeguards): Outcome {
  return new Schedule(seed, safeguards).run();
}

class Schedule {
  readonly #with: Safeguards;
  #random: number;
  #nowMs = 0;
  readonly #events = new Map<number, (() => void)[]>();
  // The database.
  #committed = new Set<number>();
  #lastXid = 0;
  #failovers = 0;
  readonly #lost = new Set<number>();
  #members = new Map<string, { beat: number; isFenced: boolean }>();
  #epoch = 1;
  #settledAtMs = 0;
  // What clients know.
  #acknowledged = new Set<number>();
  #mutations: Mutation[] = [];
  #stale = 0;
  #hits = 0;
  #remoteHits = 0;
  readonly #running = new Set<number>();
  readonly #remote = new Map<number, RemoteValue[]>();
  readonly #processes: Process[];

  constructor(seed: number, safeguards: Safeguards) {
    this.#random = (seed * 2_654_435_761) >>> 0;
    this.#with = safeguards;
    this.#processes = ['a', 'b', 'c'].map((name) => ({
      ...{
        name,
        lives: 0,
        publications: 0,
        pausedUntilMs: 0,
        cutOffUntilMs: 0,
        backlog: [],
        connection: undefined,
        formerIds: [],
        isServing: false,
        leaseUntilMs: 0,
      },
      ...{
        epoch: 0,
        seen: undefined,
        applied: new Set(),
        stamp: 0,
        memory: new Map(),
        loads: new Map(),
        seenBeats: new Map(),
      },
      ...{ horizon: 0, positions: new Map(), floor: Number.POSITIVE_INFINITY, voids: 0 },
    }));
  }

  run(): Outcome {
    for (const process of this.#processes) this.#connect(process);
    for (let atMs = 20; atMs < endOfFaultsMs; atMs += this.#between(5, 90)) {
      const writer = this.#any();
      for (let i = this.#between(1, 3); i > 0; i--) this.#at(atMs + this.#between(0, 30), () => this.#mutate(writer));
    }
    for (let atMs = 20; atMs < endMs - 500; atMs += this.#between(1, 6)) this.#at(atMs, () => this.#read(this.#any()));
    for (let atMs = 100; atMs < endOfFaultsMs; atMs += this.#between(20, 200))
      this.#at(atMs, () => this.#fault(this.#any()));
    for (; this.#nowMs <= endMs; this.#nowMs++) {
      const due = this.#events.get(this.#nowMs) ?? [];
      for (const run of due) run(); // also what is added meanwhile
      this.#events.delete(this.#nowMs);
    }
    const different = this.#processes.filter(({ memory }) =>
      [...memory].some(([tag, value]) => !isEqual(ofTag(value, tag), ofTag(this.#committed, tag))),
    ).length;
    const unanswered = this.#mutations.filter(({ isAnswered }) => !isAnswered).length;
    return { stale: this.#stale, different, unanswered, hits: this.#hits, remoteHits: this.#remoteHits };
  }

  // ---------------------------------------------------------------- chance and time

  #between(low: number, high: number): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    let mixed = this.#random;
    mixed = Math.imul(mixed ^ (mixed >>> 15), 2_246_822_519);
    mixed ^= mixed >>> 13;
    return low + ((mixed >>> 0) % (high - low + 1));
  }

  #any(): Process {
    return this.#processes[this.#between(0, this.#processes.length - 1)]!;
  }

  #at(atMs: number, run: () => void): void {
    const events = this.#events.get(atMs);
    if (events) events.push(run);
    else this.#events.set(atMs, [run]);
  }

  /** Runs in a process, which does nothing while it is paused. */
  #inProcess(process: Process, atMs: number, run: () => void): void {
    const { lives } = process;
    const attempt = () => {
      if (process.lives !== lives) return;
      if (this.#isPaused(process)) process.backlog.push(attempt);
      else run();
    };
    this.#at(atMs, attempt);
  }

  /** As `#inProcess`, also if the connection to the others is another one by then. */
  #inRequest(process: Process, atMs: number, run: () => void): void {
    this.#at(atMs, () => {
      if (this.#isPaused(process)) process.backlog.push(run);
      else run();
    });
  }

  #isPaused({ pausedUntilMs, backlog }: Process): boolean {
    return pausedUntilMs > this.#nowMs || backlog.length > 0;
  }

  #pause(process: Process, untilMs: number): void {
    process.pausedUntilMs = Math.max(process.pausedUntilMs, untilMs);
    this.#at(process.pausedUntilMs, () => {
      if (process.pausedUntilMs > this.#nowMs) return;
      const { backlog } = process;
      process.backlog = [];
      for (const run of backlog) run();
    });
  }

  // ---------------------------------------------------------------- connections

  /** A statement: it is executed at the server after a while, and its answer arrives later, both in order. */
  #query<T>(process: Process, connection: Connection, execute: () => T, then: (answer: T) => void): void {
    connection.toServerMs = Math.max(connection.toServerMs, this.#nowMs + this.#between(1, 8));
    this.#at(connection.toServerMs, () => {
      if (!connection.isUp) return;
      const answer = execute();
      this.#tell(process, connection, () => then(answer));
    });
  }

  #tell(process: Process, connection: Connection, run: () => void): void {
    connection.toProcessMs = Math.max(connection.toProcessMs, this.#nowMs + this.#between(1, 8));
    this.#deliver(process, connection, { atMs: connection.toProcessMs, run });
  }

  #deliver(process: Process, connection: Connection, { atMs, run }: { atMs: number; run: () => void }): void {
    this.#inProcess(process, atMs, () => {
      const isHeard = connection.isUp && this.#nowMs < connection.deafFromMs;
      if (isHeard && process.connection === connection) run();
    });
  }

  #notify(run: (process: Process) => void): void {
    for (const process of this.#processes) {
      const { connection } = process;
      if (!connection?.isUp || !connection.isListening) continue;
      if (!this.#with.hearsAllOrNothing && this.#between(0, 3) === 0) continue;
      connection.noticesMs = Math.max(
        connection.noticesMs,
        connection.toProcessMs,
        this.#nowMs + this.#between(1, this.#between(0, 3) === 0 ? 90 : 20),
      );
      this.#deliver(process, connection, { atMs: connection.noticesMs, run: () => run(process) });
    }
  }

  // ---------------------------------------------------------------- joining

  #connect(process: Process): void {
    process.isServing = false;
    process.leaseUntilMs = 0;
    process.lives++;
    const id = `${process.name}.${process.lives}`;
    const connection = {
      id,
      isUp: true,
      isListening: false,
      deafFromMs: Number.POSITIVE_INFINITY,
      toServerMs: process.cutOffUntilMs,
      toProcessMs: 0,
      noticesMs: 0,
    };
    process.connection = connection;
    this.#inProcess(process, this.#nowMs + leaseMs, () => {
      if (process.connection === connection && !process.isServing) this.#connect(process); // it took too long
    });
    const open = () => {
      connection.isListening = true;
    };
    const listen = (then: () => void) => this.#query(process, connection, open, then);
    if (this.#with.listensFirst) listen(() => this.#register(process, connection));
    else
      this.#register(process, connection, () =>
        this.#inProcess(process, this.#nowMs + this.#between(0, 30), () => listen(() => {})),
      );
  }

  #register(process: Process, connection: Connection, finallyRun: () => void = () => {}): void {
    const sentAtMs = this.#nowMs;
    const former = process.formerIds;
    process.formerIds = [...former, connection.id];
    const register = (then: () => void) =>
      this.#query(
        process,
        connection,
        () => {
          this.#members.set(connection.id, { beat: 1, isFenced: false });
          for (const id of former) {
            this.#members.delete(id);
            this.#notify((other) => this.#gone(other, id));
          }
          return this.#epoch;
        },
        (epoch) => {
          process.formerIds = [connection.id];
          if (epoch !== process.epoch && this.#with.settles) this.#forget(process);
          if (epoch !== process.epoch) this.#disregardHistory(process);
          const isCutOff = epoch !== process.epoch && this.#between(0, 1) === 0 && this.#nowMs < endOfFaultsMs;
          process.epoch = epoch;
          if (isCutOff) this.#breakConnection(process);
          else then();
        },
      );
    const readLog = (then: () => void) => {
      const { voids } = process;
      this.#query(
        process,
        connection,
        () => this.#snapshot(),
        (snapshot) => {
          this.#catchUp(process, snapshot, voids);
          then();
        },
      );
    };
    const serve = () => {
      process.isServing = true;
      this.#extend(process, this.#with.leaseFromSending ? sentAtMs : this.#nowMs);
      this.#beat(process, connection);
      for (const mutation of this.#mutations)
        if (mutation.by === process && !mutation.isAnswered && !mutation.isAway) this.#publish(mutation);
      finallyRun();
    };
    if (this.#with.logAfterRegistration) register(() => readLog(serve));
    else readLog(() => register(serve));
  }

  #catchUp(process: Process, { log, xmin, xmax }: Snapshot, voids: number): void {
    if (!process.seen) {
      if (this.#between(0, 1) === 0) this.#readBack(process);
      if (this.#with.forgetsLast) this.#forget(process);
      process.seen = new Set(this.#with.snapshots ? log.map(xidOf) : [Math.max(0, ...log.map(xidOf))]);
    } else if (this.#with.snapshots) {
      for (const write of log) if (!process.seen.has(xidOf(write))) this.#apply(process, write, process.epoch);
      process.seen = new Set(log.map(xidOf));
    } else {
      const highest = Math.max(...process.seen);
      for (const write of log) if (xidOf(write) > highest) this.#apply(process, write, process.epoch);
      process.seen.add(Math.max(0, ...log.map(xidOf)));
    }
    if (voids !== process.voids) return;
    if (process.floor === Number.POSITIVE_INFINITY) process.floor = this.#with.reachesBack ? xmax - 1 : 0;
    process.horizon = Math.max(process.horizon, xmin - 1);
  }

  #snapshot(): Snapshot {
    const log = [...this.#committed];
    const xmax = Math.max(0, ...log.map(xidOf)) + 1;
    return { log, xmin: Math.min(xmax, ...[...this.#running].map(xidOf)), xmax };
  }

  /** Something was invalidated at a place that means nothing here, or what is known is of another epoch. */
  #disregardHistory(process: Process): void {
    if (!this.#with.voidsHistory) return;
    process.voids++;
    process.positions.clear();
    process.floor = Number.POSITIVE_INFINITY;
    process.horizon = 0;
  }

  /** Reads the log of the time before the process joined, for what the remote tier brings. */
  #readBack(process: Process): void {
    const { voids, connection } = process;
    this.#query(
      process,
      connection!,
      () => [...this.#committed],
      (log) => {
        if (process.voids !== voids || process.connection !== connection) return;
        for (const write of log) this.#place(process, write);
        process.floor = 0;
      },
    );
  }

  #place({ positions }: Process, write: number): void {
    positions.set(tagOf(write), Math.max(xidOf(write), positions.get(tagOf(write)) ?? 0));
  }

  #forget(process: Process): void {
    process.memory.clear();
    for (const load of process.loads.values()) load.isInvalid = true;
    process.stamp++;
    process.seen = undefined;
    process.applied.clear();
  }

  #apply(process: Process, write: number, epoch: number): void {
    const xid = xidOf(write);
    if (epoch === process.epoch || !this.#with.placesByEpoch) {
      if (!this.#with.snapshots) process.seen?.add(xid);
      if (!this.#with.horizonBySnapshot) process.horizon = Math.max(process.horizon, xid);
      this.#place(process, write);
      if (process.applied.has(xid)) return;
      process.applied.add(xid);
    } else this.#disregardHistory(process);
    process.stamp++;
    process.memory.delete(tagOf(write));
    const load = process.loads.get(tagOf(write));
    if (load) load.isInvalid = true;
  }

  #extend(process: Process, fromMs: number): void {
    process.leaseUntilMs = fromMs + leaseMs - marginMs;
  }

  #beat(process: Process, connection: Connection): void {
    this.#inProcess(process, this.#nowMs + beatMs, () => {
      if (process.connection !== connection || !process.isServing) return;
      const sentAtMs = this.#nowMs;
      const { voids } = process;
      let isAnswered = false;
      this.#inProcess(process, this.#nowMs + leaseMs, () => {
        if (!isAnswered && process.connection === connection) this.#connect(process);
      });
      this.#query(
        process,
        connection,
        () => {
          const member = this.#members.get(connection.id);
          const isRenewed = member !== undefined && !(member.isFenced && this.#with.fences);
          if (isRenewed) member.beat++;
          return { isRenewed, snapshot: this.#snapshot(), members: this.#listed(), epoch: this.#epoch };
        },
        ({ isRenewed, snapshot, members, epoch }) => {
          isAnswered = true;
          const isLapsed = this.#with.lease && this.#nowMs >= process.leaseUntilMs;
          const isFenced = !isRenewed && this.#with.fences;
          if (isFenced || (isLapsed && this.#with.fences) || epoch !== process.epoch) return this.#connect(process);
          this.#extend(process, this.#with.leaseFromSending ? sentAtMs : this.#nowMs);
          this.#observe(process, members);
          this.#catchUp(process, snapshot, voids);
          this.#beat(process, connection);
        },
      );
    });
  }

  // ---------------------------------------------------------------- mutations

  #mutate(process: Process): void {
    if (this.#isPaused(process)) return;
    const mutation: Mutation = {
      ...{
        write: this.#failovers * failoverStep + ++this.#lastXid,
        epoch: this.#epoch,
        by: process,
        sequence: 0,
        missing: undefined,
        early: new Set(),
        isAnswered: false,
        isAway: false,
        attempt: 0,
      },
    };
    const { lives } = process;
    this.#running.add(mutation.write);
    if (!this.#with.membersAfterCommit) mutation.missing = new Set(this.#listed().map(([id]) => id));
    if (!this.#with.tellsAfterCommit) {
      const sequence = ++process.publications;
      mutation.sequence = sequence;
      this.#notify((other) => this.#hear(other, mutation, sequence));
    }
    this.#at(this.#nowMs + this.#between(1, 80), () => {
      if (!this.#running.delete(mutation.write)) return; // rolled back by a crash of the database
      this.#committed.add(mutation.write); // by the pool
      if (process.lives !== lives && process.connection === undefined) return; // the process is gone: nobody is told
      this.#mutations.push(mutation);
      this.#inProcess(process, this.#nowMs + this.#between(1, 8), () => {
        this.#apply(process, mutation.write, mutation.epoch);
        if (process.isServing) this.#publish(mutation);
        this.#watchAbsence(mutation);
      });
    });
  }

  #publish(mutation: Mutation): void {
    const { by } = mutation;
    const connection = by.connection!;
    const attempt = ++mutation.attempt;
    if (this.#with.tellsAfterCommit) mutation.sequence = ++by.publications;
    const { sequence } = mutation;
    const known = this.#with.membersAfterCommit ? undefined : mutation.missing;
    mutation.missing = undefined;
    mutation.early = this.#with.membersAfterCommit ? new Set() : mutation.early;
    this.#query(
      by,
      connection,
      () => {
        if (this.#with.tellsAfterCommit) this.#notify((other) => this.#hear(other, mutation, sequence));
        return { members: this.#listed(), epoch: this.#epoch };
      },
      ({ members, epoch }) => {
        if (mutation.attempt !== attempt) return;
        if (epoch !== by.epoch) return this.#connect(by);
        this.#observe(by, members);
        mutation.missing = new Set([...(known ?? members.map(([id]) => id))].filter((id) => !mutation.early.has(id)));
        mutation.missing.delete(connection.id);
        this.#settle(mutation);
        this.#inProcess(by, this.#nowMs + patienceMs, () => this.#fence(mutation, attempt));
        if (this.#nowMs < this.#settledAtMs) this.#inProcess(by, this.#settledAtMs, () => this.#settle(mutation));
      },
    );
  }

  #hear(process: Process, mutation: Mutation, sequence: number): void {
    if (process === mutation.by) return;
    this.#apply(process, mutation.write, mutation.epoch);
    const connection = process.connection!;
    const { by } = mutation;
    const acknowledge = () =>
      this.#notify((writer) => {
        for (const one of this.#mutations)
          if (one.by === by && one.sequence > 0 && one.sequence <= sequence) this.#crossOff(writer, one, connection.id);
      });
    this.#query(process, connection, acknowledge, () => {});
  }

  #crossOff(process: Process, mutation: Mutation, id: string): void {
    if (process !== mutation.by) return;
    if (mutation.isAnswered) return;
    if (mutation.missing === undefined) mutation.early.add(id);
    mutation.missing?.delete(id);
    this.#settle(mutation);
  }

  #gone(process: Process, id: string): void {
    for (const mutation of this.#mutations) if (!mutation.isAnswered) this.#crossOff(process, mutation, id);
  }

  #fence(mutation: Mutation, attempt: number): void {
    const { by } = mutation;
    const { connection } = by;
    if (mutation.isAnswered || mutation.attempt !== attempt || !mutation.missing || !connection || !by.isServing)
      return;
    const ids = [...mutation.missing];
    const over = (id: string) => {
      this.#query(
        by,
        connection,
        () => void this.#members.delete(id),
        () => {},
      );
      this.#crossOff(by, mutation, id);
    };
    this.#query(
      by,
      connection,
      () => {
        const beats = ids.map((id) => [id, this.#members.get(id)?.beat] as const);
        for (const id of ids) {
          const member = this.#members.get(id);
          if (member) member.isFenced = true;
        }
        return beats;
      },
      (beats) => {
        for (const [id, beat] of beats) {
          const seen = by.seenBeats.get(id);
          const fromMs = seen && seen.beat === beat ? seen.atMs : this.#nowMs;
          const untilMs = beat === undefined ? this.#nowMs : fromMs + leaseMs;
          this.#inProcess(by, Math.max(untilMs, this.#nowMs), () => {
            if (by.connection === connection) over(id);
          });
        }
      },
    );
  }

  #watchAbsence(mutation: Mutation): void {
    const { by } = mutation;
    this.#inRequest(by, this.#nowMs + busAwayMs, () => {
      if (mutation.isAnswered) return;
      if (by.isServing) this.#watchAbsence(mutation);
      else this.#fenceAll(mutation);
    });
  }

  #fenceAll(mutation: Mutation): void {
    const { by } = mutation;
    mutation.isAway = true;
    mutation.missing = undefined;
    mutation.attempt++; // what its connections bring means nothing any more
    this.#at(this.#nowMs + this.#between(1, 8), () => {
      if (this.#with.fencesWhenAway) for (const member of this.#members.values()) member.isFenced = true;
      this.#inRequest(by, this.#nowMs + this.#between(1, 8), () => {
        const waitMs = this.#with.fencesWhenAway ? leaseMs : 0;
        this.#inRequest(by, this.#nowMs + waitMs, () => this.#answer(mutation));
      });
    });
  }

  #settle(mutation: Mutation): void {
    if (mutation.isAnswered) return;
    const isMissing = mutation.missing === undefined || mutation.missing.size > 0;
    if (this.#with.acknowledgements && isMissing) return;
    if (this.#with.settles && this.#nowMs < this.#settledAtMs) return;
    this.#answer(mutation);
  }

  #answer(mutation: Mutation): void {
    mutation.isAnswered = true;
    this.#acknowledged.add(mutation.write);
  }

  #listed(): [string, number][] {
    return [...this.#members].map(([id, { beat }]) => [id, beat]);
  }

  #observe(process: Process, members: [string, number][]): void {
    for (const [id, beat] of members)
      if (process.seenBeats.get(id)?.beat !== beat) process.seenBeats.set(id, { beat, atMs: this.#nowMs });
  }

  // ---------------------------------------------------------------- reads

  #read(process: Process): void {
    const tag = this.#between(0, tagCount - 1);
    const owed = ofTag(this.#acknowledged, tag);
    this.#inProcess(process, this.#nowMs, () => {
      const isLeased = process.isServing && this.#nowMs < process.leaseUntilMs;
      if (!isLeased && !this.#with.asksUnderLease)
        this.#ask(process, tag, (value) => value && this.#check(value, owed));
      if (!isLeased && this.#with.lease) return; // it reads from the database
      this.#serve(process, { tag, owed, stamp: process.stamp });
      if (this.#between(0, 9) === 0) this.#readOn(process);
    });
  }

  /** A request that began under a lease reads, and fills memory, until it ends, whatever becomes of the lease. */
  #readOn(process: Process): void {
    const { stamp } = process;
    const acknowledged = new Set(this.#acknowledged);
    let atMs = this.#nowMs;
    for (let reads = this.#between(1, 20); reads > 0; reads--) {
      const tag = this.#between(0, tagCount - 1);
      atMs += this.#between(1, 40);
      this.#inRequest(process, atMs, () => this.#serve(process, { tag, owed: ofTag(acknowledged, tag), stamp }));
    }
  }

  #serve(process: Process, reader: Reader): void {
    const kept = process.memory.get(reader.tag);
    const load = process.loads.get(reader.tag);
    if (kept) {
      this.#hits++;
      this.#check(kept, reader.owed);
    } else if (load && (!load.isInvalid || !this.#with.checksJoiners)) load.waiting.push(reader);
    else this.#begin(process, reader);
  }

  /** The remote tier is asked before a load. */
  #begin(process: Process, reader: Reader): void {
    const { tag } = reader;
    const load: Load = { value: undefined, isInvalid: false, stamp: process.stamp, mark: undefined, waiting: [reader] };
    process.loads.set(tag, load);
    this.#ask(process, tag, (value) => {
      if (value) {
        this.#remoteHits++;
        load.value = value;
        this.#land(process, tag, load);
      } else this.#load(process, tag, load);
    });
  }

  #load(process: Process, tag: number, load: Load): void {
    if (this.#isLeased(process)) load.mark = { epoch: process.epoch, horizon: process.horizon };
    this.#at(this.#nowMs + this.#between(1, 15), () => {
      load.value = new Set(this.#committed);
      this.#inRequest(process, this.#nowMs + this.#between(1, 60), () => {
        this.#offer(process, tag, load);
        this.#land(process, tag, load);
      });
    });
  }

  #land(process: Process, tag: number, load: Load): void {
    if (process.loads.get(tag) === load) process.loads.delete(tag);
    if (!load.isInvalid) process.memory.set(tag, load.value!);
    for (const waiting of load.waiting) {
      const mayUse = !load.isInvalid || load.stamp >= waiting.stamp || !this.#with.checksJoiners;
      if (mayUse) this.#check(load.value!, waiting.owed);
      else this.#serve(process, waiting);
    }
  }

  // ---------------------------------------------------------------- the remote tier

  #isLeased(process: Process): boolean {
    return process.isServing && this.#nowMs < process.leaseUntilMs;
  }

  #offer(process: Process, tag: number, { value, isInvalid, mark }: Load): void {
    if (!mark || (isInvalid && this.#with.offersAsLoaded)) return;
    const { epoch, horizon } = this.#with.offersAsLoaded ? mark : process;
    this.#at(this.#nowMs + this.#between(1, 100), () => {
      const values = this.#remote.get(tag) ?? [];
      this.#remote.set(tag, [...values.slice(-10), { value: value!, epoch, horizon }]);
    });
  }

  #ask(process: Process, tag: number, then: (value: Value | undefined) => unknown): void {
    const mayAsk = this.#isLeased(process) || !this.#with.asksUnderLease;
    const values = this.#remote.get(tag) ?? [];
    const found = values[this.#between(0, Math.max(0, values.length - 1))];
    if (!mayAsk || !found) {
      then(undefined);
      return;
    }
    this.#inRequest(process, this.#nowMs + this.#between(2, 30), () => {
      const { epoch, horizon, value } = found;
      const isReached = horizon >= process.floor && epoch === process.epoch;
      const isCompared = (process.positions.get(tag) ?? 0) <= horizon || !this.#with.comparesTags;
      const isAsked = this.#isLeased(process) || !this.#with.asksUnderLease;
      then(isReached && isCompared && isAsked ? value : undefined);
    });
  }

  #check(value: Value, owed: Value): void {
    if ([...owed].some((write) => !value.has(write) && !this.#lost.has(write))) this.#stale++;
  }

  // ---------------------------------------------------------------- faults

  #fault(process: Process): void {
    const kind = this.#between(1, 20);
    if (kind <= 3) this.#pause(process, this.#nowMs + this.#between(20, 500));
    else if (kind <= 10) this.#breakConnection(process);
    else if (kind === 11) this.#crashDatabase();
    else if (kind === 12) this.#cutOff(process);
    else this.#holdBack(process);
  }

  /** The server knows it at once, the process after a while. */
  #breakConnection(process: Process): void {
    const { connection } = process;
    if (!connection) return;
    connection.isUp = false;
    this.#inProcess(process, this.#nowMs + this.#between(1, 150), () => {
      if (process.connection === connection) this.#connect(process);
    });
  }

  /** The others cannot be reached for a while, unlike the database. */
  #cutOff(process: Process): void {
    process.cutOffUntilMs = this.#nowMs + this.#between(100, 500);
    this.#breakConnection(process);
  }

  /** What is under way to the process comes late, and what is sent after that perhaps never. */
  #holdBack({ connection }: Process): void {
    if (!connection) return;
    connection.toProcessMs = Math.max(connection.toProcessMs, this.#nowMs + this.#between(20, 190));
    if (this.#between(0, 1) === 0)
      connection.deafFromMs = Math.min(connection.deafFromMs, connection.toProcessMs + this.#between(0, 3));
  }

  /** What is committed stays, unless a standby takes over; the list of members does not, nor do connections and what is running. */
  #crashDatabase(): void {
    this.#members.clear();
    this.#running.clear();
    this.#epoch++;
    this.#settledAtMs = this.#nowMs + leaseMs;
    if (this.#between(0, 1) === 0) this.#failOver(this.#between(1, 20));
    for (const process of this.#processes) this.#breakConnection(process);
  }

  /** The last commits are lost, and the ids of their transactions are given again. */
  #failOver(count: number): void {
    for (const write of [...this.#committed].slice(-count)) {
      this.#committed.delete(write);
      this.#lost.add(write);
    }
    this.#failovers++;
    this.#lastXid = Math.max(0, ...[...this.#committed].map(xidOf));
  }
}

function ofTag(writes: Value, tag: number): Set<number> {
  return new Set([...writes].filter((write) => tagOf(write) === tag));
}

function isEqual(one: Value, other: Value): boolean {
  return one.size === other.size && [...one].every((write) => other.has(write));
}
