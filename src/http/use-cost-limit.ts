import { Costs } from '../graphql/cost.ts';
import { beforeExecution } from './before-execution.ts';
import type { HttpPlugin } from './plugin.ts';
import { tooLarge } from './use-query-limits.ts';

/** Refuses an operation whose result may have too many fields. Comes after `useVariables`, as the cost depends on variables. */
export function useCostLimit(maxCost: number): HttpPlugin {
  const costs = new Costs();
  return beforeExecution(({ schema, document, operation, facts }) => {
    const cost = costs.of(schema, document, { operation, variables: facts.variables ?? {} });
    return cost > maxCost
      ? [tooLarge(`expected at most ${maxCost} fields in the result, but it may have ${cost}`)]
      : [];
  });
}
