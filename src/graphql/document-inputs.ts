import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import {
  both,
  type Constraint,
  constraintsOf,
  type InputDefinition,
  inputError,
  listProblem,
  numberProblem,
  ofItems,
  textProblem,
} from './constraints.ts';

/** What a document hands to arguments. */
export interface DocumentInputs {
  /** Of literals that break a constraint. */
  readonly errors: readonly GraphQLError[];
  /** What holds for each variable wherever an operation uses it. */
  constraintsOf(operation: OperationDefinitionNode): ReadonlyMap<string, Constraint>;
}

/** As graphql-js has at most when it validates. */
const maxErrors = 100;

const read = new WeakMap<DocumentNode, DocumentInputs>();

/** Reads a document once. It need not be valid: what is unknown has no constraint. */
export function inputsOf(schema: GraphQLSchema, document: DocumentNode): DocumentInputs {
  let inputs = read.get(document);
  if (!inputs) {
    inputs = readInputs(schema, document);
    read.set(document, inputs);
  }
  return inputs;
}

type Definition = OperationDefinitionNode | FragmentDefinitionNode;

/** What was read of one definition. */
interface Part {
  readonly variables: Map<string, Constraint>;
  readonly spreads: Set<string>;
}

function readInputs(schema: GraphQLSchema, document: DocumentNode): DocumentInputs {
  const constraints = constraintsOf(schema);
  const types = new TypeInfo(schema);
  const parts = new Map<Definition, Part>();
  const errors: GraphQLError[] = [];
  let part: Part | undefined;
  const begin = (node: Definition) => {
    part = { variables: new Map(), spreads: new Set() };
    parts.set(node, part);
  };
  const check = (value: ValueNode, definition: InputDefinition | null | undefined) => {
    const constraint = definition && constraints.get(definition);
    if (constraint && part) checkValue(value, constraint, { part, errors });
  };
  visit(
    document,
    visitWithTypeInfo(types, {
      OperationDefinition: begin,
      FragmentDefinition: begin,
      FragmentSpread({ name }) {
        part?.spreads.add(name.value);
      },
      Argument({ value }) {
        check(value, types.getArgument());
      },
      ObjectField({ name, value }) {
        const parent = getNamedType(types.getParentInputType());
        check(value, isInputObjectType(parent) ? parent.getFields()[name.value] : undefined);
      },
    }),
  );
  const ofOperations = new Map<OperationDefinitionNode, ReadonlyMap<string, Constraint>>();
  for (const node of parts.keys())
    if (node.kind === Kind.OPERATION_DEFINITION) ofOperations.set(node, variablesOf(node, parts));
  return { errors, constraintsOf: (operation) => ofOperations.get(operation)! };
}

/** Fields of an object are visited by themselves. */
function checkValue(value: ValueNode, constraint: Constraint, to: { part: Part; errors: GraphQLError[] }): void {
  const fail = (problem: string | undefined) => {
    if (problem && to.errors.length < maxErrors) to.errors.push(inputError(problem, { nodes: value }));
  };
  if (value.kind === Kind.VARIABLE) add(to.part.variables, value.name.value, constraint);
  else if (value.kind === Kind.LIST) {
    fail(listProblem(value.values.length, constraint));
    for (const item of value.values) checkValue(item, ofItems(constraint), to);
  } else {
    if (value.kind === Kind.INT) fail(numberProblem(Number(value.value), constraint));
    if ('value' in value && typeof value.value === 'string') fail(textProblem(value.value, constraint)); // an id may be a number
  }
}

function add(to: Map<string, Constraint>, name: string, constraint: Constraint): void {
  const earlier = to.get(name);
  to.set(name, earlier ? both(earlier, constraint) : constraint);
}

/** Of an operation and of the fragments that it spreads. */
function variablesOf(
  operation: OperationDefinitionNode,
  parts: ReadonlyMap<Definition, Part>,
): ReadonlyMap<string, Constraint> {
  const fragments = new Map<string, Part>();
  for (const [node, part] of parts) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, part);
  const reached = new Set<Part>();
  const reach = (part: Part | undefined) => {
    if (!part || reached.has(part)) return;
    reached.add(part);
    for (const name of part.spreads) reach(fragments.get(name));
  };
  reach(parts.get(operation));
  const found = new Map<string, Constraint>();
  for (const { variables } of reached) for (const [name, constraint] of variables) add(found, name, constraint);
  return found;
}
