import type { GraphQLParams } from 'graphql-yoga';
import { excerpt } from '../text/shown.ts';
import { refusal } from './refusal.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The parameters of a POST. */
export function parseJson(bytes: Buffer): GraphQLParams {
  const parsed = parseOrRefuse('The body', () => JSON.parse(utf8.decode(bytes)));
  if (typeof parsed !== 'object' || parsed === null)
    throw badParameters(
      `The body: expected a JSON object, but got ${parsed === null ? 'null' : `a ${typeof parsed}`}.`,
    );
  return parametersIn(withinLevels(parsed));
}

/**
 * What of a JSON object is known; clients send more, as `operationType` or `documentId`. An operation without a name is one whose
 * name is empty. Yoga checks the types of the others, and refuses lists of requests.
 */
export function parametersIn(given: object): GraphQLParams {
  if (Array.isArray(given)) return given as GraphQLParams;
  const { query, operationName, variables, extensions } = given as GraphQLParams;
  if (operationName != null && typeof operationName !== 'string')
    throw badParameters(`operationName: expected a string, but got a ${typeof operationName}.`);
  return { query, operationName: operationName === '' ? undefined : operationName, variables, extensions };
}

/** The parameters of a GET. One that is empty counts as absent. */
export function parseUrl(url: string): GraphQLParams {
  const search = url.indexOf('?');
  const text = search < 0 ? '' : url.slice(search + 1);
  checkEscapes(text);
  const given = new URLSearchParams(text);
  const json = (name: string) => {
    const text = given.get(name);
    return text ? parseOrRefuse(`The parameter ${name}`, () => JSON.parse(text)) : undefined;
  };
  return withinLevels({
    query: given.get('query') ?? undefined,
    operationName: given.get('operationName') || undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

/** No input of ours is deeper, and whoever walks through one has a stack that ends. */
const maxLevels = 100;

export function withinLevels<T>(value: T, level = 0): T {
  if (typeof value !== 'object' || value === null) return value;
  if (level === maxLevels)
    throw badParameters(`The request: expected at most ${maxLevels} levels of lists and objects.`);
  for (const key in value) withinLevels(value[key], level + 1);
  return value;
}

/** `URLSearchParams` would put U+FFFD in place of bytes that are no UTF-8, and the request would be another one. */
function checkEscapes(search: string): void {
  for (const [escapes] of search.matchAll(/(?:%[\da-f]{2})+/gi))
    try {
      decodeURIComponent(escapes);
    } catch {
      throw badParameters(`The URL: expected UTF-8, but got ${excerpt(escapes, 100)}.`);
    }
}

function parseOrRefuse<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw badParameters(`${what}: expected JSON in UTF-8, but got something else: ${(error as Error).message}.`);
  }
}

function badParameters(message: string) {
  return refusal(message, { status: 400, code: 'BAD_REQUEST' });
}
