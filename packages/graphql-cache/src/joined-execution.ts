import type { Attachment } from '@magpie/cache/entries';
import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import type { FieldCache } from './cached-field.ts';
import type { Documents } from './documents.ts';
import type { TextExecution } from './executed-field.ts';
import type { ExecutionState, Trace } from './execution-state.ts';
import { FieldErrors } from './field-errors.ts';
import { type AttachedFragment, countFragment, findFragment, freshUntilOf, keepFragment } from './fragments.ts';
import type { PlannedSchema } from './planned-schema.ts';
import { ResultSize } from './result-size.ts';
import type { RootField } from './root-fields.ts';
import { SerializedData } from './serialized-data.ts';
import type { JsonText } from './text.ts';
import { coerceVariables, type Variables } from './variables.ts';

/** A result whose data is serialised already. GraphQL Yoga sends the text of `stringify`. */
export interface JoinedResult extends ExecutionResult {
  stringify(result: ExecutionResult): string;
  /** Undefined if a part of the result failed, is stale, or bypassed the cache. */
  readonly provenance: Provenance | undefined;
}

/** The parameters of an operation. */
export type OperationRequest = Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>;

/** The arguments of an execution. */
export interface OperationArgs extends ExecutionArgs {
  /** Coerced variables, if the caller has them. */
  readonly variables?: Variables;
}

/** The fragments and executions from which a result was joined. */
export interface Provenance {
  readonly operationRequest: OperationRequest;
  /** The fragments of all root fields; undefined if one of them was not kept. */
  readonly joined: JoinedFragments | undefined;
  readonly period: string | undefined;
  readonly foundFragments: readonly Pick<AttachedFragment, 'entry' | 'value'>[];
  /** Traces of the root fields that were executed. */
  readonly executedTraces: readonly Trace[];
}

/**
 * The fragments of a whole result. The result is valid while they are and, if arguments depend on the moment, within `period` only.
 */
export interface JoinedFragments {
  readonly fragments: readonly Attachment[];
  readonly period: string | undefined;
}

/** What an execution from fragments needs. */
export interface JoiningParts extends PlannedSchema {
  readonly cache: FieldCache;
  readonly documents: Documents;
  /** Most characters of the values in a result. Default: any number. */
  readonly maxResultChars?: number | undefined;
}

/**
 * Executes a query: takes root fields from fragments where there are any, executes the others, and keeps those as fragments. The
 * result equals the executor's to the byte. Returns undefined for an operation that cannot be joined.
 */
export async function executeJoined(
  args: OperationArgs,
  state: ExecutionState,
  parts: JoiningParts,
): Promise<ExecutionResult | undefined> {
  const { cache, documents, schema, ports } = parts;
  const { contextValue, rootValue } = args;
  const operation = documents.operation(args.document, args.operationName ?? undefined);
  if (!operation || args.fieldResolver || args.typeResolver) return undefined;
  const { variableDefinitions = [] } = operation.definition;
  const variables =
    args.variables ?? coerceVariables(schema, variableDefinitions, { values: args.variableValues ?? {} }).variables;
  if (!variables) return undefined;

  const stamp = cache.stamp;
  const fields = operation.rootFields(variables);
  if (!fields) return undefined;
  const period = operation.dependsOnPeriod ? ports.periodOf?.(contextValue) : undefined;
  const json = new Map<RootField, string>();
  const fragments: (AttachedFragment | undefined)[] = [];
  const foundFragments: Pick<AttachedFragment, 'entry' | 'value'>[] = [];
  const size = new ResultSize(parts.maxResultChars);
  for (const field of fields) {
    const id = fragmentIdOf(field, variables, period);
    const startedAt = cache.beginHit();
    const fragment = findFragment(parts, state, { field, variables, id, contextValue });
    if (!fragment || state.explanations) continue; // a fragment would hide lookups
    if (!size.hasRoomFor(fragment.value.json.length)) continue; // the execution says so
    size.add(fragment.value.json.length);
    fragments.push(fragment);
    foundFragments.push({ entry: fragment.entry, value: fragment.value }); // an attachment may be emptied before the result is complete
    json.set(field, fragment.value.json);
    countFragmentUse(cache, state, fragment, startedAt);
  }

  const missing = fields.filter((field) => !json.has(field));
  const textExecution: TextExecution = { contextValue, rootValue, variables, state, size, errors: new FieldErrors() };
  let texts: readonly string[];
  try {
    texts = await executeAll(missing, textExecution);
  } catch (error) {
    return { errors: textExecution.errors.endWith(error), data: null };
  }
  const executedTraces: Trace[] = [];
  missing.forEach((field, index) => {
    const text = texts[index]!;
    json.set(field, text);
    const trace = textExecution.errors.isBroken(field.key) ? undefined : state.traces?.get(field.key);
    fragments.push(keepFragment(parts, trace, { id: fragmentIdOf(field, variables, period), json: text, stamp }));
    if (trace?.root && !trace.isUncacheable) executedTraces.push(trace);
  });
  const joined = areAllKept(fragments) ? { fragments, period } : undefined;
  const { document, operationName, variableValues } = args;
  const operationRequest = { document, operationName, variableValues };
  const isWhole = executedTraces.length === missing.length && !state.explanations;
  const provenance = isWhole ? { operationRequest, joined, period, foundFragments, executedTraces } : undefined;
  return joinedResult(textExecution.errors.list(), { fields, json, provenance });
}

function fragmentIdOf(field: RootField, variables: Variables, period: string | undefined): string {
  const selection = field.selection(variables);
  return period ? `${period} ${selection}` : selection;
}

/** Executes root fields concurrently. Rejects with the error of a non-null field. */
async function executeAll(fields: readonly RootField[], textExecution: TextExecution): Promise<string[]> {
  const texts: JsonText[] = [];
  try {
    for (const { text } of fields) texts.push(text.execute(textExecution.rootValue, textExecution, undefined));
  } catch (error) {
    await Promise.all(texts).catch(() => {}); // waits for the others, as `JoinedText.fail` does
    throw error;
  }
  return Promise.all(texts);
}

function areAllKept(fragments: readonly (AttachedFragment | undefined)[]): fragments is AttachedFragment[] {
  return fragments.every((fragment) => fragment !== undefined);
}

function countFragmentUse(
  cache: FieldCache,
  { cacheUsage }: ExecutionState,
  fragment: AttachedFragment,
  startedAt: number | undefined,
): void {
  cacheUsage.hits += countFragment(cache, fragment, startedAt);
  cacheUsage.freshUntil = Math.min(cacheUsage.freshUntil, freshUntilOf(fragment));
}

function joinedResult(
  errors: readonly GraphQLError[],
  {
    fields,
    json,
    provenance,
  }: {
    fields: readonly RootField[];
    json: ReadonlyMap<RootField, string>;
    provenance: Provenance | undefined;
  },
): JoinedResult {
  const pieces = ['{"data":{'];
  for (const field of fields) {
    if (pieces.length > 1) pieces.push(',');
    pieces.push(JSON.stringify(field.key), ':', json.get(field)!);
  }
  pieces.push('}}');
  const text = pieces.join(''); // a flat string; concatenation with `+` builds a rope, which V8 flattens by another copy
  return {
    ...(errors.length > 0 && { errors }),
    data: SerializedData.of(text),
    provenance,
    stringify({ errors, extensions }) {
      if (!errors?.length && !extensions) return text;
      const before = errors?.length ? `"errors":${JSON.stringify(errors)},` : '';
      const after = extensions ? `,"extensions":${JSON.stringify(extensions)}` : '';
      return `{${before}${text.slice(1, -1)}${after}}`;
    },
  };
}
