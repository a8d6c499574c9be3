import { type DocumentNode, getOperationAST, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import type { AccessPlan } from './access.ts';

const rootTypes = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

/** Returns whether all root fields of an operation are open to anonymous requests. Introspection is. */
export function isForAnyone(
  access: ReadonlyMap<string, AccessPlan>,
  document: DocumentNode,
  operationName: string | null | undefined,
): boolean {
  const operation = getOperationAST(document, operationName);
  if (!operation) return false;
  const isOpen = (name: string) =>
    name.startsWith('__') || access.get(`${rootTypes[operation.operation]}.${name}`)?.audience === 'ANYONE';
  return rootFieldNames(document, operation).every(isOpen);
}

/** The names of the root fields of an operation, those in its fragments included. */
export function rootFieldNames(document: DocumentNode, { selectionSet }: OperationDefinitionNode): readonly string[] {
  return [...fieldNames(document, selectionSet)];
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
