import type { JoinedResult } from '@magpie/graphql-cache/parts';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import type { GraphqlEngine } from '../graphql/engine-interface.ts';
import type { HttpPlugin, ServerContext } from './plugin.ts';

/** What the edge needs of the GraphQL engine. */
export type EdgeEngine = Pick<
  GraphqlEngine,
  | 'schema'
  | 'documents'
  | 'authenticate'
  | 'isForAnyone'
  | 'contextFor'
  | 'execute'
  | 'rerun'
  | 'reuse'
  | 'share'
  | 'stampOf'
  | 'isCutOff'
>;

/**
 * Lets the engine execute operations, with a context that it creates: the engine sees nothing of HTTP. Sets the text of the result
 * in the facts when it is serialised.
 */
export function useEngine(engine: EdgeEngine): HttpPlugin {
  const contextOf = ({ request, facts }: ServerContext & { request: Request }) => {
    const { viewer, requestId, client } = facts;
    const isDebugging = request.headers.get('x-cache-debug') === '1';
    facts.context = engine.contextFor({ viewer, requestId, isDebugging, client });
    return facts.context;
  };
  return {
    isRepeatable: ({ provenance }) => provenance?.joined !== undefined,
    onExecute({ args, executeFn, setExecuteFn }) {
      const contextValue = contextOf(args.contextValue);
      setExecuteFn((executionArgs: ExecutionArgs) => {
        const { variables } = args.contextValue.facts;
        return engine.execute({ ...executionArgs, contextValue, variables: variables ?? undefined }, executeFn);
      });
    },
    onSubscribe({ args, subscribeFn, setSubscribeFn }) {
      const contextValue = contextOf(args.contextValue);
      setSubscribeFn((executionArgs: ExecutionArgs) => subscribeFn({ ...executionArgs, contextValue }));
    },
    onResultProcess({ result, setResult, serverContext: { facts } }) {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      const { stringify, provenance, ...rest } = result as JoinedResult;
      facts.provenance = provenance ?? null;
      setResult({
        stringify(finished: ExecutionResult) {
          facts.json = stringify ? stringify(finished) : JSON.stringify(finished);
          return facts.json;
        },
        ...rest,
      } as ExecutionResult);
    },
  };
}
