import { type ExecutionResult, type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Formatted errors that a client is sent unchanged in place of a result. */
export class FormattedErrors extends GraphQLError {
  readonly formatted: readonly GraphQLFormattedError[];

  constructor(formatted: readonly GraphQLFormattedError[]) {
    super(formatted[0]?.message ?? 'Unexpected error', { extensions: formatted[0]?.extensions });
    this.formatted = formatted;
  }
}

/**
 * The results of an operation as messages carry them. A result that has only errors is the last one. If the operation then
 * completes, the generator throws them as `FormattedErrors`. If it breaks off, they are yielded as a result, and `brokenOff` is
 * called.
 */
export async function* formattedParts(
  parts: AsyncIterable<ExecutionResult>,
  brokenOff: () => Promise<void>,
): AsyncGenerator<FormattedExecutionResult> {
  let last: FormattedExecutionResult | undefined;
  try {
    for await (const part of parts) {
      if (last) yield last;
      const formatted = formatPart(part);
      last = hasOnlyErrors(formatted) ? formatted : undefined;
      if (!last) yield formatted;
    }
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    if (last) yield last;
    await brokenOff();
    return;
  }
  if (last) throw new FormattedErrors(last.errors!);
}

function hasOnlyErrors(part: FormattedExecutionResult): boolean {
  return part.errors !== undefined && part.data === undefined && !('incremental' in part || 'hasNext' in part);
}

/** A result without the members of its errors that are meant for HTTP. */
function formatPart(part: ExecutionResult): FormattedExecutionResult {
  const { errors, ...rest } = part;
  return errors ? { errors: errors.map(formatError), ...rest } : rest;
}

function formatError(error: GraphQLError): GraphQLFormattedError {
  const { http: _http, unexpected: _unexpected, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}
