import { GraphQLError } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { HttpPlugin } from './plugin.ts';

/** What graphql-js appends to a message: from here to a question mark at the end. */
const suggestion = 'Did you mean ';

/** "Did you mean …?" would tell the schema bit by bit; who is signed in may know it. */
export function useHiddenSuggestions(): HttpPlugin {
  return {
    onResultProcess({ result, setResult, serverContext: { facts } }) {
      if (facts.viewer || Array.isArray(result) || isAsyncIterable(result) || !result.errors) return;
      // New errors: those at hand are remembered with the document, for everybody.
      const errors = result.errors.map((error) => {
        const message = withoutSuggestion(error.message);
        return message === error.message ? error : new GraphQLError(message, error);
      });
      setResult({ ...result, errors });
    },
  };
}

function withoutSuggestion(message: string): string {
  const start = message.endsWith('?') ? message.lastIndexOf(suggestion) : -1;
  return start < 0 ? message : message.slice(0, start).trimEnd();
}
