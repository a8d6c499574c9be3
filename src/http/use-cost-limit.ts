import { Costs } from '../graphql/cost.ts';
import { isTimed } from '../graphql/timed.ts';
import { beforeExecution } from './before-execution.ts';
import type { HttpPlugin } from './plugin.ts';
import { tooLarge } from './use-query-limits.ts';

export interface CostLimits {
  /** Of a result, or of the events that a subscription sends in a minute whatever happens. */
  maxCost: number;
  /**
   * Of an event of a subscription that tells of changes. Far less than of a result: one change is told to all subscriptions of a
   * workspace.
   */
  maxEventCost: number;
}

/** Without a token. Allows twice the introspection of the whole schema, the largest operation that is open to everybody. */
const maxAnonymousCost = 50_000;

/** Refuses an operation whose result may be too large. Comes after `useVariables`, as the cost depends on variables. */
export function useCostLimit({ maxCost, maxEventCost }: CostLimits): HttpPlugin {
  const costs = new Costs();
  return beforeExecution(({ schema, document, operation, facts }) => {
    const cost = costs.of(schema, document, { operation, variables: facts.variables ?? {} });
    const isOfChanges = operation.operation === 'subscription' && !isTimed(schema, document, operation.name?.value);
    const maxOfResult = facts.viewer ? maxCost : Math.min(maxCost, maxAnonymousCost);
    const [max, where] = isOfChanges ? [maxEventCost, 'each event of the subscription'] : [maxOfResult, 'the result'];
    return cost > max ? [tooLarge(`expected a cost of at most ${max} fields for ${where}, but got up to ${cost}`)] : [];
  });
}
