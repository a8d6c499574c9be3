import { type DocumentNode, GraphQLError, Kind, parse } from 'graphql';
import { inputsOf } from '../graphql/document-inputs.ts';
import type { HttpPlugin } from './plugin.ts';
import { measureOperation, type QueryMeasure } from './query-measure.ts';

export interface QueryLimits {
  maxTokens: number;
  maxDepth: number;
  maxAliases: number;
  maxRootFields: number;
  maxRepeats: number;
}

/** Limited because the result repeats an alias for each item of a list. */
const maxAliasLength = 128;

/** Refuses operations that are too large before they cost much: tokens are counted while parsing, the rest before validation. */
export function useQueryLimits(limits: QueryLimits): HttpPlugin {
  return {
    isRepeatable: true,
    onParse({ setParseFn }) {
      setParseFn((source, options) => parseWithin(limits.maxTokens, source, options));
    },
    onValidate({ validateFn, setValidationFn }) {
      setValidationFn((schema, document, ...rest) => {
        const problems = [...excesses(document, { ...limits, maxAliasLength }), ...inputsOf(schema, document).errors];
        return problems.length > 0 ? problems : validateFn(schema, document, ...rest);
      });
    },
  };
}

const parseWithin: (maxTokens: number, ...source: Parameters<typeof parse>) => DocumentNode = (
  maxTokens,
  source,
  options,
) => {
  refuseLongText(typeof source === 'string' ? source : source.body, maxTokens);
  try {
    return parse(source, { ...options, maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError) || !error.message.endsWith('tokens. Parsing aborted.')) throw error;
    throw tooLarge(`expected at most ${maxTokens} tokens, but got more`);
  }
};

/** Characters for each token, with its share of white space and comments. */
const charsPerToken = 40;

/**
 * Limits the characters and the lines too: each error searches the text for the line breaks before it. Without empty lines, a document
 * has no more lines than tokens.
 */
function refuseLongText(text: string, maxLines: number): void {
  const maxChars = charsPerToken * maxLines;
  if (text.length > maxChars) throw tooLarge(`expected at most ${maxChars} characters, but got ${text.length}`);
  let lines = 1;
  for (const _ of text.matchAll(/\r\n|[\n\r]/g))
    if (++lines > maxLines) throw tooLarge(`expected at most ${maxLines} lines, but got more`);
}

type Limits = QueryLimits & { maxAliasLength: number };

const limitOfMeasure: Record<keyof QueryMeasure, { limit: keyof Limits; unit: string }> = {
  depth: { limit: 'maxDepth', unit: 'levels of fields' },
  aliases: { limit: 'maxAliases', unit: 'aliases' },
  aliasLength: { limit: 'maxAliasLength', unit: 'characters in an alias' },
  rootFields: { limit: 'maxRootFields', unit: 'root fields' },
  repeats: { limit: 'maxRepeats', unit: 'fields of one name in one place' },
};

function excesses(document: DocumentNode, limits: Limits): GraphQLError[] {
  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .flatMap((operation) => {
      const measure = measureOperation(document, operation);
      return Object.entries(limitOfMeasure).flatMap(([name, { limit, unit }]) => {
        const got = measure[name as keyof QueryMeasure];
        return got > limits[limit] ? [tooLarge(`expected at most ${limits[limit]} ${unit}, but got ${got}`)] : [];
      });
    });
}

/** An error with the status of an invalid document: 400 for `application/graphql-response+json`, otherwise 200. */
export function tooLarge(problem: string): GraphQLError {
  return new GraphQLError(`The operation is too large: ${problem}.`, {
    extensions: { code: 'QUERY_TOO_LARGE', http: { status: 400, spec: true } },
  });
}
