import { Kysely } from 'kysely';
import type pg from 'pg';
import { UnavailableError } from './errors.ts';
import { type EndTurn, FairTurns, ownLane } from './fair-turns.ts';
import { camelCaseNames, SnakeCaseDialect } from './names.ts';
import { Session, unavailable } from './session.ts';
import type { Tables } from './tables.ts';
import { writeFoldedColumns } from './write-folded-columns.ts';

/** What a repository is given: the pool, or the transaction it takes part in. */
export type Queries = Kysely<Tables>;

export interface AdmissionOptions {
  /** Connections at most. */
  readonly connections: number;
  /** Of the connections, those that transactions may have at most. Each keeps its own from one statement to the next. */
  readonly transactions: number;
  /** Time that a statement has; without end if absent. */
  readonly limitMs?: number | undefined;
  readonly isLimitedByServer: boolean;
  /** Hears each statement but those that begin and end transactions. */
  readonly onStatement?: ((sql: string) => void) | undefined;
}

/** Beyond what the driver has for connecting, and `enterPool` for entering: nobody waits for a connection longer than this. */
const openWithinMs = 20_000;

/** Workspaces whose queries are kept at hand; making them anew costs little. */
const maxLanes = 1_000;

interface Admitted {
  readonly admission: Admission;
  readonly lane: string;
  readonly isLimited: boolean;
}

const admittedQueries = new WeakMap<Queries, Admitted>();

/**
 * The same queries, as a workspace's (or whoever else's they are): the lanes share the connections fairly. A transaction stays
 * what it is.
 */
export function inLane(queries: Queries, lane: string): Queries {
  const admitted = admittedQueries.get(queries);
  return admitted ? admitted.admission.queries({ lane, isLimited: admitted.isLimited }) : queries;
}

/** The same queries, with all the time in the world for each statement: for migrations and seeding. */
export function withoutTimeLimit(queries: Queries): Queries {
  const admitted = admittedQueries.get(queries);
  return admitted ? admitted.admission.queries({ lane: admitted.lane, isLimited: false }) : queries;
}

/** Resolves when a transaction may begin. */
export async function takeTransaction(queries: Queries): Promise<EndTurn> {
  const admitted = admittedQueries.get(queries);
  return admitted ? await admitted.admission.takeTransaction(admitted.lane) : () => {};
}

/** Stands in front of a pool: who has which connection when, and for how long. */
export class Admission {
  readonly #pool: pg.Pool;
  readonly #options: AdmissionOptions;
  readonly #connections: FairTurns;
  readonly #transactions: FairTurns;
  readonly #sessions = new WeakMap<pg.PoolClient, Session>(); // Kysely keeps something for each that it meets
  readonly #queries = new Map<string, Queries>();
  #inUse = 0;

  constructor(pool: pg.Pool, options: AdmissionOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#connections = new FairTurns({ atMost: options.connections, what: 'a connection to the database' });
    this.#transactions = new FairTurns({ atMost: options.transactions, what: 'a turn among transactions' });
  }

  /** Names are camel case here and snake case there. */
  queries({ lane = ownLane, isLimited = true } = {}): Queries {
    const name = `${isLimited} ${lane}`;
    const known = this.#queries.get(name);
    if (known) return known;
    if (this.#queries.size >= maxLanes) this.#queries.clear();
    const limitMs = isLimited ? this.#options.limitMs : undefined;
    const pool = { connect: () => this.#connect(lane, limitMs), end: async () => {} };
    const queries = new Kysely<Tables>({
      dialect: new SnakeCaseDialect({ pool }),
      plugins: [writeFoldedColumns, camelCaseNames],
    });
    admittedQueries.set(queries, { admission: this, lane, isLimited });
    this.#queries.set(name, queries);
    return queries;
  }

  takeTransaction(lane: string): Promise<EndTurn> {
    return this.#transactions.take(lane);
  }

  /** Runs what needs a connection of its own; it has a turn meanwhile. */
  async during<T>(lane: string, run: () => Promise<T>): Promise<T> {
    const endTurn = await this.#connections.take(lane);
    return await run().finally(endTurn);
  }

  /** A connection, for who does not ask by Kysely. It is to be released. */
  connect(lane: string): Promise<Session> {
    return this.#connect(lane, this.#options.limitMs);
  }

  async #connect(lane: string, limitMs: number | undefined): Promise<Session> {
    const endTurn = await this.#connections.take(lane);
    let client: pg.PoolClient;
    try {
      client = await this.#open();
    } catch (cause) {
      const error = unavailable('could not connect to the database', cause);
      if (this.#inUse === 0 && this.#pool.idleCount === 0) this.#refuseWaiting(error);
      endTurn();
      throw error;
    }
    this.#inUse++;
    const session = this.#sessions.get(client) ?? new Session(client, this.#options);
    this.#sessions.set(client, session);
    const end = () => {
      this.#inUse--;
      endTurn();
    };
    await session.begin({ limitMs, end });
    return session;
  }

  /** They would try one after the other, and each as long as this one did. */
  #refuseWaiting(error: Error): void {
    this.#connections.refuseWaiting(error);
    this.#transactions.refuseWaiting(error);
  }

  async #open(): Promise<pg.PoolClient> {
    const opening = this.#pool.connect();
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new UnavailableError(`expected a connection within ${openWithinMs / 1_000} s, but got none`));
        opening.then(
          (client) => client.release(true),
          () => {},
        );
      }, openWithinMs);
    });
    return await Promise.race([opening, tooLate]).finally(() => clearTimeout(timer));
  }
}
