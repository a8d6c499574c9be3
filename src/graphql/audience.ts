import { type DocumentNode, getOperationAST, Kind, type SelectionSetNode } from 'graphql';
import type { FieldPlan } from './field-plan.ts';

const rootTypes = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

/** Returns whether all root fields of an operation are open to anonymous requests. Introspection is. */
export function isForAnyone(
  plans: ReadonlyMap<string, FieldPlan>,
  document: DocumentNode,
  operationName: string | null | undefined,
): boolean {
  const operation = getOperationAST(document, operationName);
  if (!operation) return false;
  const isOpen = (name: string) =>
    name.startsWith('__') || plans.get(`${rootTypes[operation.operation]}.${name}`)?.access?.audience === 'ANYONE';
  return [...fieldNames(document, operation.selectionSet)].every(isOpen);
}

/** The field names of a selection and of the fragments in it, each fragment visited once. */
function* fieldNames(
  document: DocumentNode,
  { selections }: SelectionSetNode,
  visited = new Set<string>(),
): Generator<string> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) yield selection.name.value;
    else if (selection.kind === Kind.INLINE_FRAGMENT) yield* fieldNames(document, selection.selectionSet, visited);
    else if (!visited.has(selection.name.value)) {
      visited.add(selection.name.value);
      for (const definition of document.definitions)
        if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value)
          yield* fieldNames(document, definition.selectionSet, visited);
    }
  }
}
