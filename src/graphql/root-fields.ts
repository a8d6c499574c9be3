import { createHash } from 'node:crypto';
import {
  BREAK,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import { countNodes, type DocumentCache } from './document-cache.ts';
import type { FieldPlan } from './field-plan.ts';
import { OperationPlans } from './operation-plans.ts';
import { type OperationPlan, TextField } from './text-execution.ts';
import { type Variables, variablesIn } from './variables.ts';

/** A root field of an operation. */
export interface RootField {
  /** Response key. */
  readonly key: string;
  /** Undefined for `__typename` and introspection. */
  readonly plan: FieldPlan | undefined;
  /** Identifies the selection beneath the field with the values of its variables; equal for equal selections of different documents. */
  selection(variables: Variables): string;
  readonly text: TextField;
}

/** A query that is prepared for execution; one for each operation of a document. */
export interface QueryOperation {
  readonly definition: OperationDefinitionNode;
  /** Whether the document has a field with a date range, so that the result may change at the workspace's midnight. */
  readonly dependsOnDay: boolean;
  /** Returns undefined if a variable of `@skip` or `@include` is not a boolean, which is an error. */
  rootFields(variables: Variables): readonly RootField[] | undefined;
}

/** Approximate bytes, maps included. */
const bytesOf = { operation: 2_500, field: 1_000, node: 24, argumentNode: 64 };

/**
 * Prepares operations, each once while its document is kept. The document cache counts their memory. Returns undefined for an operation
 * that is no query, or uses `@defer` or `@stream`.
 */
export class QueryOperations {
  readonly #schema: GraphQLSchema;
  readonly #plans: ReadonlyMap<string, FieldPlan>;
  readonly #documents: DocumentCache;
  readonly #byDocument = new WeakMap<DocumentNode, Map<string | undefined, QueryOperation | undefined>>();

  constructor(schema: GraphQLSchema, plans: ReadonlyMap<string, FieldPlan>, documents: DocumentCache) {
    this.#schema = schema;
    this.#plans = plans;
    this.#documents = documents;
  }

  of(document: DocumentNode, operationName: string | undefined): QueryOperation | undefined {
    const byName = this.#byDocument.get(document) ?? new Map<string | undefined, QueryOperation | undefined>();
    if (byName.has(operationName)) return byName.get(operationName);
    this.#byDocument.set(document, byName);
    this.#documents.grow(document, bytesOf.operation);
    const operation = this.#readOperation(document, operationName);
    byName.set(operationName, operation);
    return operation;
  }

  #readOperation(document: DocumentNode, operationName: string | undefined): QueryOperation | undefined {
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== 'query' || isIncremental(document)) return undefined;
    const fragments = fragmentsOf(document);
    const conditionNames = conditionVariables(document, operation);
    const read = (variables: Variables, onFieldPrepared: OperationPlan['onFieldPrepared']): RootField[] => {
      const conditions = Object.fromEntries(conditionNames.map((name) => [name, variables[name]]));
      const plan = { schema: this.#schema, operation, fragments, conditions, onFieldPrepared };
      const queryType = this.#schema.getQueryType()!;
      const nodes = collectFields(this.#schema, fragments, conditions, queryType, operation.selectionSet);
      return [...nodes.values()].map((of) => this.#rootField(new TextField(plan, queryType, of)));
    };
    const plans = new OperationPlans<readonly RootField[]>((bytes) => this.#documents.grow(document, bytes));
    return {
      definition: operation,
      dependsOnDay: hasDateRanges(this.#schema, document),
      rootFields(variables) {
        if (conditionNames.some((name) => typeof variables[name] !== 'boolean')) return undefined;
        const choice = conditionNames.map((name) => variableText(variables, name)).join();
        return plans.of(choice, (grow) => read(variables, (nodes) => grow(fieldBytes(nodes))));
      },
    };
  }

  #rootField(text: TextField): RootField {
    const { digest, variables: selected } = readSelection(text.nodes, text.plan.fragments);
    return {
      key: text.key,
      plan: this.#plans.get(text.coordinate),
      selection: (variables) =>
        selected.length === 0 ? digest : `${digest} ${selected.map((name) => variableText(variables, name)).join()}`,
      text,
    };
  }
}

function fieldBytes(nodes: readonly FieldNode[]): number {
  const inArguments = nodes[0]!.arguments?.reduce((sum, argument) => sum + countNodes(argument), 0) ?? 0;
  return bytesOf.field + bytesOf.node * nodes.length + bytesOf.argumentNode * inArguments;
}

/** Distinguishes an absent variable, for which an argument's default applies, from null. */
function variableText(variables: Variables, name: string): string {
  return Object.hasOwn(variables, name) ? JSON.stringify(variables[name]) : '';
}

type Fragments = Record<string, FragmentDefinitionNode>;

function isIncremental(document: DocumentNode): boolean {
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

function hasDateRanges(schema: GraphQLSchema, document: DocumentNode): boolean {
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

/** The operation's variables in directives, chiefly `@skip` and `@include`, which decide which fields are executed. */
function conditionVariables(document: DocumentNode, { variableDefinitions = [] }: OperationDefinitionNode): string[] {
  const directives: DirectiveNode[] = [];
  visit(document, { Directive: (node) => void directives.push(node) });
  const names = variablesIn(directives);
  return variableDefinitions.map(({ variable }) => variable.name.value).filter((name) => names.has(name));
}

/** Returns a digest of the selections beneath a root field, spread fragments included, and the variables in them. */
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
