import type { GraphQLParams } from 'graphql-yoga';
import { refusal } from './refusal.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The parameters of a POST. */
export function parseJson(bytes: Buffer): GraphQLParams {
  const parsed = read('The body', () => JSON.parse(utf8.decode(bytes)));
  if (typeof parsed !== 'object' || parsed === null)
    throw bad(`The body: expected a JSON object, but got ${parsed === null ? 'null' : `a ${typeof parsed}`}.`);
  return parametersIn(withoutNul(parsed));
}

/**
 * What of a JSON object is known; clients send more, as `operationType` or `documentId`. An operation without a name is one whose
 * name is empty. Yoga checks the types of the others, and refuses lists of requests.
 */
export function parametersIn(given: object): GraphQLParams {
  if (Array.isArray(given)) return given as GraphQLParams;
  const { query, operationName, variables, extensions } = given as GraphQLParams;
  if (operationName != null && typeof operationName !== 'string')
    throw bad(`operationName: expected a string, but got a ${typeof operationName}.`);
  return { query, operationName: operationName === '' ? undefined : operationName, variables, extensions };
}

/** The parameters of a GET. One that is empty counts as absent. */
export function parseUrl(url: string): GraphQLParams {
  const search = url.indexOf('?');
  const given = new URLSearchParams(search < 0 ? '' : url.slice(search + 1));
  const json = (name: string) => {
    const text = given.get(name);
    return text ? read(`The parameter ${name}`, () => JSON.parse(text)) : undefined;
  };
  return withoutNul({
    query: given.get('query') ?? undefined,
    operationName: given.get('operationName') || undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

/** No input of ours is deeper, and whoever walks through one has a stack that ends. */
const maxLevels = 100;

/** PostgreSQL keeps no NUL in a text, and no honest client sends one. */
export function withoutNul<T>(value: T): T {
  if (hasNul(value, 0)) throw bad('A NUL character is not allowed anywhere in a request.');
  return value;
}

function hasNul(value: unknown, level: number): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  if (level === maxLevels) throw bad(`The request: expected at most ${maxLevels} levels of lists and objects.`);
  for (const key in value)
    if (key.includes('\0') || hasNul((value as Record<string, unknown>)[key], level + 1)) return true;
  return false;
}

function read<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw bad(`${what}: expected JSON in UTF-8, but got something else: ${(error as Error).message}.`);
  }
}

function bad(message: string) {
  return refusal(message, { status: 400, code: 'BAD_REQUEST' });
}
