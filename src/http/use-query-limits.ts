import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, parse, visit } from 'graphql';
import type { HttpPlugin } from './plugin.ts';
import { type Measure, measureOperation } from './query-measure.ts';
import { refusal } from './refusal.ts';

export interface QueryLimits {
  maxTokens: number;
  maxDepth: number;
  maxAliases: number;
  maxRootFields: number;
  maxCost: number;
}

/** Refuses what is too large before anything is spent on it: tokens while parsing, the rest before validation. */
export function useQueryLimits(limits: QueryLimits): HttpPlugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => parseWithin(limits.maxTokens, source, options));
    },
    onValidate({ validateFn, setValidationFn }) {
      setValidationFn((schema, document, ...rest) => {
        const problems = [...excesses(schema, document, limits), ...nulCharacters(document)];
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
  try {
    return parse(source, { ...options, maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError) || !error.message.includes(`more than ${maxTokens} tokens`)) throw error;
    throw tooLarge(`expected at most ${maxTokens} tokens, but got more`);
  }
};

const names: Record<keyof Measure, { limit: keyof QueryLimits; unit: string }> = {
  depth: { limit: 'maxDepth', unit: 'levels of fields' },
  aliases: { limit: 'maxAliases', unit: 'aliases' },
  rootFields: { limit: 'maxRootFields', unit: 'root fields' },
  cost: { limit: 'maxCost', unit: 'fields in the answer, were every page full' },
};

function excesses(schema: GraphQLSchema, document: DocumentNode, limits: QueryLimits): GraphQLError[] {
  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .flatMap((operation) => {
      const measure = measureOperation(schema, document, operation);
      return Object.entries(names).flatMap(([name, { limit, unit }]) => {
        const got = measure[name as keyof Measure];
        return got > limits[limit] ? [tooLarge(`expected at most ${limits[limit]} ${unit}, but got ${got}`)] : [];
      });
    });
}

/** Escaped ones in literals; raw ones never come this far. */
function nulCharacters(document: DocumentNode): GraphQLError[] {
  let isFound = false;
  visit(document, {
    StringValue({ value }) {
      isFound ||= value.includes('\0');
    },
  });
  return isFound
    ? [refusal('A NUL character is not allowed anywhere in a request.', { status: 400, code: 'BAD_REQUEST' })]
    : [];
}

function tooLarge(problem: string): GraphQLError {
  return refusal(`The operation is too large: ${problem}.`, { status: 400, code: 'QUERY_TOO_LARGE' });
}
