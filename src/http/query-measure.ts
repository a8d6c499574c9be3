import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** The size of an operation. A fragment counts each time it is spread. */
export interface QueryMeasure {
  /** Levels of nested fields; a root field alone is 1. Introspection counts as one level, as its types are deeply wrapped. */
  readonly depth: number;
  readonly aliases: number;
  /** Characters of the longest alias, which the result repeats. */
  readonly aliasLength: number;
  readonly rootFields: number;
  /** Most fields with selections and the same response name in one selection set: validation compares each pair. */
  readonly repeats: number;
}

/**
 * Measures an operation of a document that need not be valid: unknown fragments, and spreads of a fragment within itself, count
 * zero.
 */
export function measureOperation(document: DocumentNode, operation: OperationDefinitionNode): QueryMeasure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measures = new Map<string, QueryMeasure>();

  const ofFragment = (name: string): QueryMeasure => {
    const earlier = measures.get(name);
    if (earlier) return earlier;
    measures.set(name, emptyMeasure);
    const fragment = fragments.get(name);
    const measure = fragment ? ofSelection(fragment.selectionSet) : emptyMeasure;
    measures.set(name, measure);
    return measure;
  };

  const ofSelection = (set: SelectionSetNode): QueryMeasure =>
    set.selections
      .map((selection) => {
        if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
        return selection.kind === Kind.FIELD ? ofField(selection) : ofSelection(selection.selectionSet);
      })
      .reduce(sum, emptyMeasure);

  const ofField = ({ alias, name, selectionSet }: FieldNode): QueryMeasure => {
    const within = selectionSet ? ofSelection(selectionSet) : emptyMeasure;
    return {
      depth: name.value.startsWith('__') ? 1 : within.depth + 1,
      aliases: within.aliases + (alias ? 1 : 0),
      aliasLength: Math.max(within.aliasLength, alias?.value.length ?? 0),
      rootFields: 1,
      repeats: Math.max(within.repeats, selectionSet ? repeatsIn(selectionSet) : 1),
    };
  };

  const root = ofSelection(operation.selectionSet);
  return { ...root, repeats: Math.max(root.repeats, repeatsIn(operation.selectionSet)) };
}

const emptyMeasure: QueryMeasure = { depth: 0, aliases: 0, aliasLength: 0, rootFields: 0, repeats: 0 };

function sum(one: QueryMeasure, other: QueryMeasure): QueryMeasure {
  return {
    depth: Math.max(one.depth, other.depth),
    aliases: one.aliases + other.aliases,
    aliasLength: Math.max(one.aliasLength, other.aliasLength),
    rootFields: one.rootFields + other.rootFields,
    repeats: Math.max(one.repeats, other.repeats),
  };
}

/** Without named fragments, which graphql-js compares only once. */
function repeatsIn(set: SelectionSetNode, counts = new Map<string, number>()): number {
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) repeatsIn(selection.selectionSet, counts);
    if (selection.kind !== Kind.FIELD || !selection.selectionSet) continue;
    const name = (selection.alias ?? selection.name).value;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}
