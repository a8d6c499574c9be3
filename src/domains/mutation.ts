import { loggingItself, type Queries } from '../database/database.ts';
import { failureOf, UnknownOutcomeError } from '../database/errors.ts';
import { transact } from '../database/transaction.ts';
import { messageOf } from '../error-message.ts';
import type { LoggedChange } from './changes.ts';
import type { Context } from './context.ts';
import { type AnyUserError, Refusal } from './errors.ts';

/** The request's context with queries in the mutation's transaction. */
export class Transaction implements Context {
  readonly queries: Queries;
  readonly #context: Context;

  constructor(context: Context, queries: Queries) {
    this.#context = context;
    this.queries = queries;
  }

  get viewer() {
    return this.#context.viewer;
  }

  get changes() {
    return this.#context.changes;
  }

  get ports() {
    return this.#context.ports;
  }

  get limits() {
    return this.#context.limits;
  }

  get client() {
    return this.#context.client;
  }

  get now() {
    return this.#context.now;
  }

  /** Not available: loaders read outside of the transaction, where they may wait for its end. */
  get loaders(): never {
    throw new TypeError('expected a query of the transaction, but got a loader: loaders read outside of it');
  }
}

type Payload<T> = T & { userErrors: readonly AnyUserError[] };
type MutationResolver<Input, T, Refused> = (
  parent: unknown,
  args: { input: Input },
  context: Context,
) => Promise<Payload<T> | Payload<Refused>>;

/** Maximum of errors in a payload; further ones are reported when these are corrected. */
const maxUserErrors = 25;

/**
 * Creates the resolver of a mutation in one transaction. `run` reports to `context.changes`, returns the payload's fields, and
 * refuses by throwing `new Refusal([...])`: the transaction rolls back, and the payload is `refused` with the errors.
 */
export function mutation<Input, T extends object, Refused extends Partial<T> = object>(
  run: (input: Input, context: Transaction) => Promise<T>,
  refused?: Refused,
): MutationResolver<Input, T, Refused> {
  return mutationInSteps((input, context) => inTransaction(context, (tx) => run(input, tx)), refused);
}

/**
 * Creates the resolver of a mutation that calls external systems. `run` opens transactions with `inTransaction`, and has none open
 * during such calls. It writes only in transactions, so that a failure before the first one invalidates nothing.
 */
export function mutationInSteps<Input, T extends object, Refused extends Partial<T> = object>(
  run: (input: Input, context: Context) => Promise<T>,
  refused: Refused = {} as Refused,
): MutationResolver<Input, T, Refused> {
  return async (_parent, { input }, context) => {
    try {
      return { userErrors: [], ...(await run(input, context)) };
    } catch (error) {
      context.changes.settle('rolledBack'); // without effect if a transaction has settled; without one nothing was written
      if (error instanceof Refusal) return { userErrors: error.errors.slice(0, maxUserErrors), ...refused };
      if (failureOf(error) !== undefined && context.changes.outcome === 'committed')
        throw new UnknownOutcomeError(`a step was committed, then ${messageOf(error)}`, { cause: error });
      throw error;
    }
  };
}

/**
 * Runs `step` in its own transaction and records the outcome in `context.changes`. What `step` reported is in the log of
 * invalidations if and only if the transaction is committed.
 */
export function inTransaction<T>(context: Context, step: (context: Transaction) => Promise<T>): Promise<T> {
  const { changes } = context;
  const { log } = changes;
  let logged: LoggedChange | undefined;
  const run = async (queries: Queries) => {
    logged = undefined;
    const result = await step(new Transaction(context, queries));
    logged = await log?.write(queries);
    return result;
  };
  return transact(log ? loggingItself(context.queries) : context.queries, run, {
    findOutcome: async () => (log && logged ? await log.findOutcome(logged) : 'unknown'),
    onOutcome(outcome) {
      changes.settle(outcome);
      if (logged) log?.ended(logged, outcome);
    },
  });
}
