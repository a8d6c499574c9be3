import type { ExecutionArgs } from 'graphql';
import type { GraphqlEngine } from '../graphql/engine.ts';
import type { HttpPlugin, ServerContext } from './plugin.ts';

/** What the edge needs of the floor below. */
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
>;

/** Hands execution to the engine, with a context of its own: nothing of HTTP gets below this floor. */
export function useEngine(engine: EdgeEngine): HttpPlugin {
  const contextOf = ({ request, facts }: ServerContext & { request: Request }) => {
    const { viewer, requestId, client } = facts;
    const isDebugging = request.headers.get('x-cache-debug') === '1';
    facts.context = engine.contextFor({ viewer, requestId, isDebugging, client });
    return facts.context;
  };
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const contextValue = contextOf(args.contextValue);
      setExecuteFn((given: ExecutionArgs) => {
        const { variables } = args.contextValue.facts;
        return engine.execute({ ...given, contextValue, variables: variables ?? undefined }, executeFn);
      });
    },
    onSubscribe({ args, subscribeFn, setSubscribeFn }) {
      const contextValue = contextOf(args.contextValue);
      setSubscribeFn((given: ExecutionArgs) => subscribeFn({ ...given, contextValue }));
    },
  };
}
