import { Costs } from '../graphql/cost.ts';
import { isTimed } from '../graphql/timed.ts';
import { beforeExecution } from './before-execution.ts';
import type { HttpPlugin } from './plugin.ts';
import { tooLarge } from './use-query-limits.ts';

export interface CostLimits {
  /** Fields in a result, or in the events that a subscription sends in a minute whatever happens. */
  maxCost: number;
  /**
   * Fields in an event of a subscription that tells of changes. Far less than of a result: one change is told to all subscriptions of
   * a workspace, and no limit counts their events.
   */
  maxEventCost: number;
}

/** Refuses an operation whose result may have too many fields. Comes after `useVariables`, as the cost depends on variables. */
export function useCostLimit({ maxCost, maxEventCost }: CostLimits): HttpPlugin {
  const costs = new Costs();
  return beforeExecution(({ schema, document, operation, facts }) => {
    const cost = costs.of(schema, document, { operation, variables: facts.variables ?? {} });
    const isOfChanges = operation.operation === 'subscription' && !isTimed(schema, document, operation.name?.value);
    const [max, where] = isOfChanges ? [maxEventCost, 'each event of the subscription'] : [maxCost, 'the result'];
    return cost > max ? [tooLarge(`expected at most ${max} fields in ${where}, but it may have ${cost}`)] : [];
  });
}
