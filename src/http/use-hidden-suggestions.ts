import { GraphQLError } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { HttpPlugin } from './plugin.ts';

const suggestion = / ?Did you mean .*\?$/s;

/** "Did you mean …?" would tell the schema bit by bit; who is signed in may know it. */
export function useHiddenSuggestions(): HttpPlugin {
  return {
    onResultProcess({ result, setResult, serverContext: { facts } }) {
      if (facts.viewer || Array.isArray(result) || isAsyncIterable(result) || !result.errors) return;
      // New errors: those at hand are remembered with the document, for everybody.
      const errors = result.errors.map((error) =>
        suggestion.test(error.message) ? new GraphQLError(error.message.replace(suggestion, ''), error) : error,
      );
      setResult({ ...result, errors });
    },
  };
}
