import { createHash } from 'node:crypto';
import {
  BREAK,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import type { FieldPlan } from './field-plan.ts';

type Variables = Readonly<Record<string, unknown>>;

/** A root field as an operation asks for it. */
export interface RootField {
  /** Its name in the response. */
  readonly key: string;
  /** Undefined for `__typename` and introspection. */
  readonly plan: FieldPlan | undefined;
  /** The same for every selection that asks for the same, in whatever document; values of its variables included. */
  selection(variables: Variables): string;
  args(variables: Variables): Record<string, unknown>;
}

/** An operation, read once a document: its root fields, and the smaller operations that ask for some of them. */
export interface QueryOperation {
  readonly definition: OperationDefinitionNode;
  rootFields(variables: Variables): readonly RootField[];
  /** Whether a preset range occurs anywhere in it, so that its answer changes at the workspace's midnight. */
  readonly isDaily: boolean;
  /** A document that asks for these root fields alone. */
  only(fields: readonly RootField[]): DocumentNode;
}

/** Reads operations, each once. Undefined for what is not a query, or comes in parts. */
export class QueryOperations {
  readonly #schema: GraphQLSchema;
  readonly #plans: ReadonlyMap<string, FieldPlan>;
  readonly #read = new WeakMap<DocumentNode, Map<string | undefined, QueryOperation | undefined>>();

  constructor(schema: GraphQLSchema, plans: ReadonlyMap<string, FieldPlan>) {
    this.#schema = schema;
    this.#plans = plans;
  }

  of(document: DocumentNode, operationName: string | undefined): QueryOperation | undefined {
    let byName = this.#read.get(document);
    if (!byName) {
      byName = new Map();
      this.#read.set(document, byName);
    }
    if (!byName.has(operationName)) byName.set(operationName, this.#readOperation(document, operationName));
    return byName.get(operationName);
  }

  #readOperation(document: DocumentNode, operationName: string | undefined): QueryOperation | undefined {
    const definition = getOperationAST(document, operationName);
    if (definition?.operation !== 'query' || comesInParts(document)) return undefined;
    const fragments = fragmentsOf(document);
    const read = (variables: Variables): NodesOfRootField[] => {
      const queryType = this.#schema.getQueryType()!;
      const nodes = collectFields(this.#schema, fragments, variables as never, queryType, definition.selectionSet);
      return [...nodes].map(([key, fieldNodes]) => ({
        ...this.#rootField(key, fieldNodes, fragments),
        nodes: fieldNodes,
      }));
    };
    const always = rootDependsOnVariables(definition, fragments) ? undefined : read({});
    const documents = new Map<string, DocumentNode>();
    return {
      definition,
      isDaily: takesRanges(this.#schema, document),
      rootFields: (variables) => always ?? read(variables),
      only(fields) {
        const wanted = fields as readonly NodesOfRootField[];
        const id = always ? wanted.map(({ key }) => key).join(' ') : undefined;
        const known = id === undefined ? undefined : documents.get(id);
        if (known) return known;
        const selections: SelectionNode[] = wanted.flatMap(({ nodes }) => nodes);
        const smaller: DocumentNode = {
          kind: Kind.DOCUMENT,
          definitions: [
            { ...definition, selectionSet: { kind: Kind.SELECTION_SET, selections } },
            ...Object.values(fragments),
          ],
        };
        if (id !== undefined && documents.size < maxSmallerDocuments) documents.set(id, smaller);
        return smaller;
      },
    };
  }

  #rootField(key: string, nodes: readonly FieldNode[], fragments: Fragments): RootField {
    const [node] = nodes as [FieldNode];
    const field: GraphQLField<unknown, unknown> | undefined = this.#schema.getQueryType()!.getFields()[node.name.value];
    const plan = field && this.#plans.get(`Query.${field.name}`);
    const { digest, variables: selected } = readSelection(nodes, fragments);
    const fixedArgs = field && !variablesIn(node.arguments ?? []).size ? getArgumentValues(field, node) : undefined;
    return {
      key,
      plan,
      selection: (variables) =>
        selected.length === 0 ? digest : `${digest} ${selected.map((name) => givenText(variables, name)).join()}`,
      args: (variables) =>
        fixedArgs ?? (field ? getArgumentValues(field, node, variables as Record<string, unknown>) : {}),
    };
  }
}

/** An absent variable stands for an argument's default, which null does not. */
function givenText(variables: Variables, name: string): string {
  return Object.hasOwn(variables, name) ? JSON.stringify(variables[name]) : '';
}

const maxSmallerDocuments = 64;

type Fragments = Record<string, FragmentDefinitionNode>;
type NodesOfRootField = RootField & { readonly nodes: readonly FieldNode[] };

function comesInParts(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Directive(node) {
      if (node.name.value !== 'defer' && node.name.value !== 'stream') return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}

function takesRanges(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        found ||= types.getFieldDef()?.args.some((arg) => getNamedType(arg.type).name === 'DateRangeInput') ?? false;
      },
    }),
  );
  return found;
}

function fragmentsOf(document: DocumentNode): Fragments {
  const fragments: Fragments = {};
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return fragments;
}

/** Whether `@skip` or `@include` with a variable decides which root fields there are. */
function rootDependsOnVariables({ selectionSet }: OperationDefinitionNode, fragments: Fragments): boolean {
  const seen = new Set<string>();
  const depends = (selections: readonly SelectionNode[]): boolean =>
    selections.some((selection) => {
      if ((selection.directives ?? []).some((directive) => variablesIn([directive]).size > 0)) return true;
      if (selection.kind === Kind.INLINE_FRAGMENT) return depends(selection.selectionSet.selections);
      if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) return false;
      seen.add(selection.name.value);
      return depends(fragments[selection.name.value]?.selectionSet.selections ?? []);
    });
  return depends(selectionSet.selections);
}

/** What a root field's nodes select beneath it, with the fragments that they spread, as one digest; and the variables in it. */
function readSelection(nodes: readonly FieldNode[], fragments: Fragments): { digest: string; variables: string[] } {
  const spread = new Set<string>();
  const follow = (node: FieldNode | FragmentDefinitionNode): void => {
    if (node.selectionSet)
      visit(node.selectionSet, {
        FragmentSpread({ name }) {
          if (spread.has(name.value) || !fragments[name.value]) return;
          spread.add(name.value);
          follow(fragments[name.value]!);
        },
      });
  };
  nodes.forEach(follow);
  const parts = [
    ...nodes.flatMap((node) => node.selectionSet ?? []),
    ...[...spread].sort().map((name) => fragments[name]!),
  ];
  const digest = createHash('sha256').update(parts.map(print).join('\n')).digest('base64url').slice(0, 22);
  return { digest, variables: [...variablesIn(parts)].sort() };
}

function variablesIn(nodes: readonly Parameters<typeof visit>[0][]): Set<string> {
  const names = new Set<string>();
  for (const node of nodes)
    visit(node, {
      Variable({ name }) {
        names.add(name.value);
      },
    });
  return names;
}
