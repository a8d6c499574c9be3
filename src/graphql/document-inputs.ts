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
  type Constraint,
  constraintsOf,
  type InputDefinition,
  inputError,
  itemConstraint,
  listProblem,
  numberProblem,
  stricterOf,
  textProblem,
} from './constraints.ts';

/** The values that a document passes to arguments. */
export interface DocumentInputs {
  /** Errors of literals that violate a constraint. */
  readonly errors: readonly GraphQLError[];
  /** Returns the constraint of each variable, over all places where the operation uses it. */
  constraintsOf(operation: OperationDefinitionNode): ReadonlyMap<string, Constraint>;
}

/** The limit of graphql-js's `validate`. */
const maxErrors = 100;

const inputsByDocument = new WeakMap<DocumentNode, DocumentInputs>();

/** Returns the inputs of a document, read once. The document may be invalid: unknown arguments have no constraint. */
export function inputsOf(schema: GraphQLSchema, document: DocumentNode): DocumentInputs {
  let inputs = inputsByDocument.get(document);
  if (!inputs) {
    inputs = readInputs(schema, document);
    inputsByDocument.set(document, inputs);
  }
  return inputs;
}

type Definition = OperationDefinitionNode | FragmentDefinitionNode;

/** The variables and fragment spreads of one definition. */
interface DefinitionInputs {
  readonly variables: Map<string, Constraint>;
  readonly spreads: Set<string>;
}

function readInputs(schema: GraphQLSchema, document: DocumentNode): DocumentInputs {
  const constraints = constraintsOf(schema);
  const types = new TypeInfo(schema);
  const parts = new Map<Definition, DefinitionInputs>();
  const errors: GraphQLError[] = [];
  let definitionInputs: DefinitionInputs | undefined;
  const begin = (node: Definition) => {
    definitionInputs = { variables: new Map(), spreads: new Set() };
    parts.set(node, definitionInputs);
  };
  const check = (value: ValueNode, definition: InputDefinition | null | undefined) => {
    const constraint = definition && constraints.get(definition);
    if (constraint && definitionInputs) checkValue(value, constraint, { part: definitionInputs, errors });
  };
  visit(
    document,
    visitWithTypeInfo(types, {
      OperationDefinition: begin,
      FragmentDefinition: begin,
      FragmentSpread({ name }) {
        definitionInputs?.spreads.add(name.value);
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

/** Checks a literal. Does not descend into input objects, whose fields the visitor reaches. */
function checkValue(
  value: ValueNode,
  constraint: Constraint,
  to: { part: DefinitionInputs; errors: GraphQLError[] },
): void {
  const fail = (problem: string | undefined) => {
    if (problem && to.errors.length < maxErrors) to.errors.push(inputError(problem, { nodes: value }));
  };
  if (value.kind === Kind.VARIABLE) add(to.part.variables, value.name.value, constraint);
  else if (value.kind === Kind.LIST) {
    fail(listProblem(value.values.length, constraint));
    for (const item of value.values) checkValue(item, itemConstraint(constraint), to);
  } else {
    if (value.kind === Kind.INT) fail(numberProblem(Number(value.value), constraint));
    if ('value' in value && typeof value.value === 'string') fail(textProblem(value.value, constraint)); // an id may be a number
  }
}

function add(to: Map<string, Constraint>, name: string, constraint: Constraint): void {
  const earlier = to.get(name);
  to.set(name, earlier ? stricterOf(earlier, constraint) : constraint);
}

/** The constraints of the variables in an operation and in the fragments that it spreads. */
function variablesOf(
  operation: OperationDefinitionNode,
  parts: ReadonlyMap<Definition, DefinitionInputs>,
): ReadonlyMap<string, Constraint> {
  const fragments = new Map<string, DefinitionInputs>();
  for (const [node, definitionInputs] of parts)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, definitionInputs);
  const reached = new Set<DefinitionInputs>();
  const reach = (definitionInputs: DefinitionInputs | undefined) => {
    if (!definitionInputs || reached.has(definitionInputs)) return;
    reached.add(definitionInputs);
    for (const name of definitionInputs.spreads) reach(fragments.get(name));
  };
  reach(parts.get(operation));
  const constraints = new Map<string, Constraint>();
  for (const { variables } of reached) for (const [name, constraint] of variables) add(constraints, name, constraint);
  return constraints;
}
