import { GraphQLError } from 'graphql';
import type { HttpPlugin } from './plugin.ts';

/** "Did you mean …?" would tell the schema bit by bit; who is signed in may know it. */
export function useHiddenSuggestions(): HttpPlugin {
  return {
    onValidate({ context }) {
      if (context.facts.viewer) return;
      return ({ valid, result, setResult }) => {
        // New errors: those at hand are remembered with the document, for everybody.
        if (!valid)
          setResult(result.map((error) => new GraphQLError(error.message.replace(/ ?Did you mean .*\?$/s, ''), error)));
      };
    },
  };
}
