import { type DocumentNode, getOperationAST, Kind, type SelectionSetNode } from 'graphql';
import type { FieldPlan } from './field-plan.ts';

const rootTypes = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

/** Whether an operation asks for nothing but what everybody may ask for, introspection included. */
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

/** Of a selection, fragments included, each of which is followed once. */
function* fieldNames(
  document: DocumentNode,
  { selections }: SelectionSetNode,
  followed = new Set<string>(),
): Generator<string> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) yield selection.name.value;
    else if (selection.kind === Kind.INLINE_FRAGMENT) yield* fieldNames(document, selection.selectionSet, followed);
    else if (!followed.has(selection.name.value)) {
      followed.add(selection.name.value);
      for (const definition of document.definitions)
        if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value)
          yield* fieldNames(document, definition.selectionSet, followed);
    }
  }
}
