import { createHash } from 'node:crypto';
import {
  BREAK,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { collectFields } from './collected-fields.ts';
import { countNodes } from './document-size.ts';
import type { OperationPlan } from './executed-field.ts';
import type { FieldPlan } from './field-plan.ts';
import { OperationPlans } from './operation-plans.ts';
import { TextField } from './text-execution.ts';
import { type Variables, variablesIn } from './variables.ts';

/** A root field of an operation. */
export interface RootField {
  /** Response key. */
  readonly key: string;
  /** Undefined for `__typename` and introspection. */
  readonly plan: FieldPlan | undefined;
  /**
   * Identifies the selection beneath the field with the values of its variables; equal for equal selections of different documents.
   */
  selection(variables: Variables): string;
  readonly text: TextField;
}

/** A query that is prepared for execution. */
export interface QueryOperation {
  readonly definition: OperationDefinitionNode;
  /** Whether the document has a field whose arguments depend on the moment: see `Ports.periodOf`. */
  readonly dependsOnPeriod: boolean;
  /** Returns undefined if a variable of `@skip` or `@include` is not a boolean, which is an error. */
  rootFields(variables: Variables): readonly RootField[] | undefined;
}

/** Approximate bytes, maps included. */
const bytesOf = { operation: 2_500, field: 1_000, node: 24, argumentNode: 64 };

/** What an operation is prepared with. */
export interface PreparationParts {
  readonly schema: GraphQLSchema;
  readonly plans: ReadonlyMap<string, FieldPlan>;
  /** Receives the bytes of prepared data, and the negative bytes of freed data, also later while the operation is used. */
  onGrowth(bytes: number): void;
}

/** Prepares an operation. Returns undefined for one that is no query, or uses `@defer` or `@stream`. */
export function prepareQuery(
  { document, definition }: { document: DocumentNode; definition: OperationDefinitionNode },
  { schema, plans, onGrowth }: PreparationParts,
): QueryOperation | undefined {
  onGrowth(bytesOf.operation);
  if (definition.operation !== 'query' || isIncremental(document)) return undefined;
  const fragments = fragmentsOf(document);
  const conditionNames = conditionVariables(document, definition);
  const queryType = schema.getQueryType()!;
  const read = (variables: Variables, onFieldPrepared: OperationPlan['onFieldPrepared']): RootField[] => {
    const conditions = Object.fromEntries(conditionNames.map((name) => [name, variables[name]]));
    const plan = { schema, operation: definition, fragments, conditions, onFieldPrepared };
    const nodes = collectFields([definition.selectionSet], queryType, { schema, fragments, conditions });
    return [...nodes.values()].map((of) => rootField(new TextField(plan, queryType, of), plans));
  };
  const operationPlans = new OperationPlans<readonly RootField[]>(onGrowth);
  return {
    definition,
    dependsOnPeriod: dependsOnPeriod(document, { schema, plans }),
    rootFields(variables) {
      if (conditionNames.some((name) => typeof variables[name] !== 'boolean')) return undefined;
      const choice = conditionNames.map((name) => variableText(variables, name)).join();
      return operationPlans.of(choice, (grow) => read(variables, (nodes) => grow(fieldBytes(nodes))));
    },
  };
}

function dependsOnPeriod(
  document: DocumentNode,
  { schema, plans }: Pick<PreparationParts, 'schema' | 'plans'>,
): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  const resolvesArguments = (type: string, field: string) =>
    plans.get(`${type}.${field}`)?.resolveArguments !== undefined;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: ({ name: { value: field } }) => {
        const parent = types.getParentType();
        const possible = isAbstractType(parent) ? schema.getPossibleTypes(parent) : parent ? [parent] : [];
        found ||= possible.some(({ name }) => resolvesArguments(name, field));
      },
    }),
  );
  return found;
}

function rootField(text: TextField, plans: ReadonlyMap<string, FieldPlan>): RootField {
  const { digest, variables: selected } = readSelection(text.nodes, text.plan.fragments);
  return {
    key: text.key,
    plan: plans.get(text.coordinate),
    selection: (variables) =>
      selected.length === 0 ? digest : `${digest} ${selected.map((name) => variableText(variables, name)).join()}`,
    text,
  };
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
