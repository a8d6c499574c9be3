import { type DocumentNode, type GraphQLError, Kind, separateOperations, type ValueNode, visit } from 'graphql';
import { acceptedTypes } from './accept.ts';
import { beforeExecution, type PreparedOperation } from './before-execution.ts';
import type { HttpPlugin } from './plugin.ts';
import { refusal, refusalResponse } from './refusal.ts';

const whole = ['application/json', 'application/graphql-response+json'] as const;
const events = 'text/event-stream';
const parts = 'multipart/mixed';
const offered = [...whole, events, parts] as const;

/**
 * Chooses the media type of the response. Yoga takes the first type in `Accept` and does not read quality values, so the header is
 * rewritten to the types that the client accepts, best first. A single result is sent as JSON if the client accepts JSON at all. An
 * operation with several results is refused before it is executed when the client accepts no stream.
 */
export function useMediaTypes(): HttpPlugin {
  return {
    onRequest({ request, serverContext: { facts, message }, endResponse }) {
      if (message) return; // its results are sent as messages
      const header = request.headers.get('accept');
      facts.mediaTypes = acceptedTypes(header, offered);
      if (facts.mediaTypes.length === 0) return endResponse(notAcceptable(header!));
      if (header) request.headers.set('accept', facts.mediaTypes.join(', '));
    },
    ...beforeExecution((prepared) => {
      const { mediaTypes } = prepared.facts;
      return mediaTypes ? refusalsOf(prepared, mediaTypes) : [];
    }),
  };
}

function refusalsOf({ operation, ...prepared }: PreparedOperation, mediaTypes: readonly string[]): GraphQLError[] {
  if (mediaTypes.includes(events)) return [];
  if (operation.operation === 'subscription') return [noStream('a subscription', events)];
  if (mediaTypes.includes(parts) || !isInParts({ operation, ...prepared })) return [];
  return [noStream('an operation with @defer or @stream', `${parts} or ${events}`)];
}

/** Whether a document has `@defer` or `@stream` anywhere; most have neither. */
const withParts = new WeakMap<DocumentNode, boolean>();

function isInParts({ document, operation, facts }: PreparedOperation): boolean {
  const isOn = (condition: ValueNode | undefined) => {
    if (condition?.kind === Kind.BOOLEAN) return condition.value;
    return condition?.kind !== Kind.VARIABLE || facts.variables?.[condition.name.value] !== false;
  };
  const has = (within: DocumentNode, isCounted: typeof isOn) => {
    let found = false;
    visit(within, {
      Directive({ name, arguments: directiveArguments = [] }) {
        if (name.value !== 'defer' && name.value !== 'stream') return;
        found ||= isCounted(directiveArguments.find((argument) => argument.name.value === 'if')?.value);
      },
    });
    return found;
  };
  if (!withParts.has(document))
    withParts.set(
      document,
      has(document, () => true),
    );
  return withParts.get(document)! && has(separateOperations(document)[operation.name?.value ?? '']!, isOn);
}

function noStream(what: string, expected: string): GraphQLError {
  return refusal(
    `The response to ${what} has several parts: expected an Accept header with ${expected}, but got another.`,
    {
      status: 406,
      code: 'NOT_ACCEPTABLE',
    },
  );
}

function notAcceptable(header: string): Response {
  const shown = JSON.stringify(header.slice(0, 200));
  return refusalResponse(`Accept: expected one of ${offered.join(', ')}, but got ${shown}.`, {
    status: 406,
    code: 'NOT_ACCEPTABLE',
  });
}
