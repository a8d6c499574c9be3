import { type ExecutionResult, type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Errors that a client is told in the place of an answer, as they stand. */
export class ToldErrors extends GraphQLError {
  readonly told: readonly GraphQLFormattedError[];

  constructor(told: readonly GraphQLFormattedError[]) {
    super(told[0]?.message ?? 'Unexpected error', { extensions: told[0]?.extensions });
    this.told = told;
  }
}

/**
 * The parts of an answer as messages carry them. One that is only errors is the last: if the answer is complete then, it fails with
 * them, as `ToldErrors`; if it breaks off, it is a part as the others, and `brokenOff` tells what happens.
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

/** Without what errors say to HTTP. */
function toldPart(part: ExecutionResult): FormattedExecutionResult {
  const { errors, ...rest } = part;
  return errors ? { errors: errors.map(toldError), ...rest } : rest;
}

function toldError(error: GraphQLError): GraphQLFormattedError {
  const { http: _http, unexpected: _unexpected, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}
