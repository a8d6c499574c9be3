import type { Variables } from '@magpie/graphql-cache/parts';
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isListType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { type Constraint, constraintsOf, inputError, listProblem, numberProblem, textProblem } from './constraints.ts';
import { inputsOf } from './document-inputs.ts';

/** As in `coerceVariables`. */
const maxErrors = 50;

/** A position in the variables: its constraint, and its name in messages, `$filter.accountIds`. */
interface ValuePosition {
  readonly constraint: Constraint;
  readonly name: string;
}

/** Checks coerced variables against the constraints of the arguments that use them, and of the input fields in them. */
export function violationsIn(
  variables: Variables,
  {
    schema,
    document,
    operation,
  }: { schema: GraphQLSchema; document: DocumentNode; operation: OperationDefinitionNode },
): readonly GraphQLError[] {
  const ofVariables = inputsOf(schema, document).constraintsOf(operation);
  const constraints = constraintsOf(schema);
  const errors: GraphQLError[] = [];
  const report = (problem: string | undefined, { name }: ValuePosition) => {
    if (problem && errors.length < maxErrors) errors.push(inputError(`${problem} in ${name}`, { nodes: operation }));
    return problem;
  };
  const check = (value: unknown, type: GraphQLInputType, valuePosition: ValuePosition): void => {
    const nullable = getNullableType(type);
    if (typeof value === 'string') report(textProblem(value, valuePosition.constraint), valuePosition);
    else if (typeof value === 'number' || value === null)
      report(numberProblem(value, valuePosition.constraint), valuePosition);
    else if (isListType(nullable) && Array.isArray(value)) {
      if (report(listProblem(value.length, valuePosition.constraint), valuePosition)) return;
      for (const [index, item] of value.entries())
        check(item, nullable.ofType, { ...valuePosition, name: `${valuePosition.name}[${index}]` });
    } else if (isInputObjectType(nullable) && typeof value === 'object' && value !== null) {
      const fields = nullable.getFields();
      for (const [key, fieldValue] of Object.entries(value)) {
        const field = fields[key]!;
        check(fieldValue, field.type, { constraint: constraints.get(field)!, name: `${valuePosition.name}.${key}` });
      }
    }
  };
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const constraint = ofVariables.get(name);
    if (constraint)
      check(variables[name], typeFromAST(schema, type) as GraphQLInputType, { constraint, name: `$${name}` });
  }
  return errors;
}
