import type { GraphQLParams } from 'graphql-yoga';
import { excerpt } from '../text/shown.ts';
import { refusal } from './refusal.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parses the parameters of a POST from the bytes of its JSON body. */
export function parseJson(bytes: Buffer): GraphQLParams {
  const parsed = parseOrRefuse('The body', () => JSON.parse(utf8.decode(bytes)));
  if (typeof parsed !== 'object' || parsed === null)
    throw badParameters(
      `The body: expected a JSON object, but got ${parsed === null ? 'null' : `a ${typeof parsed}`}.`,
    );
  return parametersIn(withinLevels(parsed));
}

/**
 * Picks the known members of a JSON object; clients send others, such as `operationType` or `documentId`. An empty operation name
 * counts as absent. Yoga checks the types of the other members, and refuses lists of requests.
 */
export function parametersIn(parsed: object): GraphQLParams {
  if (Array.isArray(parsed)) return parsed as GraphQLParams;
  const { query, operationName, variables, extensions } = parsed as GraphQLParams;
  if (operationName != null && typeof operationName !== 'string')
    throw badParameters(`operationName: expected a string, but got a ${typeof operationName}.`);
  return { query, operationName: operationName === '' ? undefined : operationName, variables, extensions };
}

/** Parses the parameters of a GET. An empty parameter counts as absent. */
export function parseUrl(url: string): GraphQLParams {
  const search = url.indexOf('?');
  const text = search < 0 ? '' : url.slice(search + 1);
  checkEscapes(text);
  const searchParams = new URLSearchParams(text);
  const json = (name: string) => {
    const text = searchParams.get(name);
    return text ? parseOrRefuse(`The parameter ${name}`, () => JSON.parse(text)) : undefined;
  };
  return withinLevels({
    query: searchParams.get('query') ?? undefined,
    operationName: searchParams.get('operationName') || undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

/** Deeper than any input type, and shallow enough for recursive functions. */
const maxLevels = 100;

export function withinLevels<T>(value: T, level = 0): T {
  if (typeof value !== 'object' || value === null) return value;
  if (level === maxLevels)
    throw badParameters(`The request: expected at most ${maxLevels} levels of lists and objects.`);
  for (const key in value) withinLevels(value[key], level + 1);
  return value;
}

/** Refuses escapes that are not UTF-8: `URLSearchParams` would replace them by U+FFFD, which changes the request. */
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
