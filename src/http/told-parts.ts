import { type ExecutionResult, type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Formatted errors that a client is sent unchanged in place of a result. */
export class ToldErrors extends GraphQLError {
  readonly told: readonly GraphQLFormattedError[];

  constructor(told: readonly GraphQLFormattedError[]) {
    super(told[0]?.message ?? 'Unexpected error', { extensions: told[0]?.extensions });
    this.told = told;
  }
}

/**
 * The results of an operation as messages carry them. A result that has only errors is the last one. If the operation then
 * completes, the generator throws them as `ToldErrors`. If it breaks off, they are yielded as a result, and `brokenOff` is called.
 */
export async function* toldParts(
  parts: AsyncIterable<ExecutionResult>,
  brokenOff: () => Promise<void>,
): AsyncGenerator<FormattedExecutionResult> {
  let last: FormattedExecutionResult | undefined;
  try {
    for await (const part of parts) {
      if (last) yield last;
      const told = toldPart(part);
      last = isErrorsAlone(told) ? told : undefined;
      if (!last) yield told;
    }
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    if (last) yield last;
    await brokenOff();
    return;
  }
  if (last) throw new ToldErrors(last.errors!);
}

function isErrorsAlone(part: FormattedExecutionResult): boolean {
  return part.errors !== undefined && part.data === undefined && !('incremental' in part || 'hasNext' in part);
}

/** A result without the members of its errors that are meant for HTTP. */
function toldPart(part: ExecutionResult): FormattedExecutionResult {
  const { errors, ...rest } = part;
  return errors ? { errors: errors.map(toldError), ...rest } : rest;
}

function toldError(error: GraphQLError): GraphQLFormattedError {
  const { http: _http, unexpected: _unexpected, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}
