import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** How large an operation is, fragments counted wherever they are spread. */
export interface QueryMeasure {
  /** Fields within fields; a root field alone is 1. Introspection is one level: its types are wrapped in types. */
  readonly depth: number;
  readonly aliases: number;
  /** Characters of the longest alias, which the answer repeats. */
  readonly aliasLength: number;
  readonly rootFields: number;
  /** Fields of one name, with selections of their own, at one place: validation compares each with each. */
  readonly repeats: number;
}

/** Needs no valid document: a fragment that is unknown or within itself counts as nothing. */
export function measureOperation(document: DocumentNode, operation: OperationDefinitionNode): QueryMeasure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const known = new Map<string, QueryMeasure>();

  const ofFragment = (name: string): QueryMeasure => {
    const earlier = known.get(name);
    if (earlier) return earlier;
    known.set(name, emptyMeasure);
    const fragment = fragments.get(name);
    const measure = fragment ? ofSelection(fragment.selectionSet) : emptyMeasure;
    known.set(name, measure);
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

/** Named fragments apart, which graphql-js compares only once. */
function repeatsIn(set: SelectionSetNode, counts = new Map<string, number>()): number {
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) repeatsIn(selection.selectionSet, counts);
    if (selection.kind !== Kind.FIELD || !selection.selectionSet) continue;
    const name = (selection.alias ?? selection.name).value;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}
