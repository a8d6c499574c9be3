import { GraphQLError } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { HttpPlugin } from './plugin.ts';

/** The start of what graphql-js appends to a message; it ends with a question mark. */
const suggestion = 'Did you mean ';

/** Removes "Did you mean …?" from errors for anonymous requests: it would reveal the schema bit by bit. */
export function useHiddenSuggestions(): HttpPlugin {
  return {
    isRepeatable: true,
    onResultProcess({ result, setResult, serverContext: { facts } }) {
      if (facts.viewer || Array.isArray(result) || isAsyncIterable(result) || !result.errors) return;
      // Copies, as the errors are cached with the document and shared by all clients.
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
