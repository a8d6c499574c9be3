import { Kysely } from 'kysely';
import type pg from 'pg';
import { type EndTurn, FairTurns, ownLane } from '../limits/fair-turns.ts';
import { UnavailableError } from '../unavailable-error.ts';
import { camelCaseNames, SnakeCaseDialect } from './names.ts';
import { Session, type Use, unavailable } from './session.ts';
import type { Tables } from './tables.ts';
import { writeFoldedColumns } from './write-folded-columns.ts';

/** The query builder of a repository: on the pool, or in a transaction. */
export type Queries = Kysely<Tables>;

export interface AdmissionOptions {
  /** Maximum of concurrent connections. */
  readonly connections: number;
  /** How many of the connections transactions may hold. A transaction holds its connection from one statement to the next. */
  readonly transactions: number;
  /** Time limit of a statement; none if absent. */
  readonly limitMs?: number | undefined;
  readonly isLimitedByServer: boolean;
  /** Whether the database has triggers that log what is written to its tables. */
  readonly hasTriggers?: boolean;
  /** Called with each statement, except those that begin and end transactions. */
  readonly onStatement?: ((sql: string) => void) | undefined;
}

/** Time limit for opening a connection. Longer than the driver's limit for connecting. */
const openWithinMs = 20_000;

/** Workspaces whose query builders are cached; creating one is cheap. */
const maxLanes = 1_000;

interface QueriesOptions {
  readonly lane: string;
  readonly isLimited: boolean;
  readonly logsItself: boolean;
}

interface Admitted extends QueriesOptions {
  readonly admission: Admission;
}

const admittedQueries = new WeakMap<Queries, Admitted>();

/**
 * The query builder for a lane, usually a workspace. The lanes share the connections fairly. A transaction is returned unchanged.
 */
export function inLane(queries: Queries, lane: string): Queries {
  const admitted = admittedQueries.get(queries);
  return admitted ? admitted.admission.queries({ ...admitted, lane }) : queries;
}

/** The query builder without a time limit, for migrations and seeding. */
export function withoutTimeLimit(queries: Queries): Queries {
  const admitted = admittedQueries.get(queries);
  return admitted ? admitted.admission.queries({ ...admitted, isLimited: false }) : queries;
}

/** The query builder whose transactions write what they invalidate into the log of invalidations, so that no trigger does. */
export function loggingItself(queries: Queries): Queries {
  const admitted = admittedQueries.get(queries);
  return admitted ? admitted.admission.queries({ ...admitted, logsItself: true }) : queries;
}

/** Waits for a turn among transactions. Resolves when a transaction may begin. */
export async function takeTransaction(queries: Queries): Promise<EndTurn> {
  const admitted = admittedQueries.get(queries);
  return admitted ? await admitted.admission.takeTransaction(admitted.lane) : () => {};
}

/** Admission to a pool: gives each lane its turns at the connections and transactions, and limits their time. */
export class Admission {
  readonly #pool: pg.Pool;
  readonly #options: AdmissionOptions;
  readonly #connections: FairTurns;
  readonly #transactions: FairTurns;
  readonly #sessions = new WeakMap<pg.PoolClient, Session>(); // reused, as Kysely keeps state for each session object
  readonly #queries = new Map<string, Queries>();
  #inUse = 0;

  constructor(pool: pg.Pool, options: AdmissionOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#connections = new FairTurns({ atMost: options.connections, resource: 'a connection to the database' });
    this.#transactions = new FairTurns({ atMost: options.transactions, resource: 'a turn among transactions' });
  }

  /** Returns a query builder for a lane. Names are camel case in code and snake case in the database. */
  queries({ lane = ownLane, isLimited = true, logsItself = false }: Partial<QueriesOptions> = {}): Queries {
    const name = `${isLimited} ${logsItself} ${lane}`;
    const cached = this.#queries.get(name);
    if (cached) return cached;
    if (this.#queries.size >= maxLanes) this.#queries.clear();
    const use = {
      limitMs: isLimited ? this.#options.limitMs : undefined,
      logsItself: logsItself && this.#options.hasTriggers === true,
    };
    const pool = { connect: () => this.#connect(lane, use), end: async () => {} };
    const queries = new Kysely<Tables>({
      dialect: new SnakeCaseDialect({ pool }),
      plugins: [writeFoldedColumns, camelCaseNames],
    });
    admittedQueries.set(queries, { admission: this, lane, isLimited, logsItself });
    this.#queries.set(name, queries);
    return queries;
  }

  takeTransaction(lane: string): Promise<EndTurn> {
    return this.#transactions.take(lane);
  }

  /** Takes a turn at the connections while `run` uses a connection that it acquires by itself. */
  async during<T>(lane: string, run: () => Promise<T>): Promise<T> {
    const endTurn = await this.#connections.take(lane);
    return await run().finally(endTurn);
  }

  /** A connection for queries without Kysely. The caller releases it. */
  connect(lane: string): Promise<Session> {
    return this.#connect(lane, { limitMs: this.#options.limitMs });
  }

  async #connect(lane: string, use: Omit<Use, 'end'>): Promise<Session> {
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
    await session.begin({ ...use, end });
    return session;
  }

  /** Refuses all waiting requests: each would try to connect in turn, and take as long to fail as this one. */
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
