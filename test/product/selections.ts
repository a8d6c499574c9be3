import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
} from 'graphql';
import { argumentsOf } from '../schema/routes.ts';

/**
 * Everything that can be selected of a type, so many levels deep, with the arguments that fields need: a new field is in it by
 * itself. A type that is reached again from itself is selected by its leaves. Fields have the names of their types before them, as
 * fields of one name may have different types.
 */
export function everythingOf(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  { levels, above = [] }: { levels: number; above?: readonly string[] },
): string {
  if (isAbstractType(type)) {
    const parts = schema
      .getPossibleTypes(type)
      .map((one) => `... on ${one.name} ${everythingOf(schema, one, { levels, above })}`);
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(type)) return '';
  const isAgain = above.includes(type.name);
  const select = (field: GraphQLField<unknown, unknown>) => {
    const inner = getNamedType(field.type);
    const head = `${type.name}_${field.name}: ${field.name}${argumentsOf(field)}`;
    if (isLeafType(inner)) return [head];
    if (levels === 0 || isAgain) return [];
    return [`${head} ${everythingOf(schema, inner, { levels: levels - 1, above: [...above, type.name] })}`];
  };
  return `{ __typename ${Object.values(type.getFields()).flatMap(select).join(' ')} }`;
}
