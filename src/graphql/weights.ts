import { type DirectiveNode, type GraphQLField, type GraphQLSchema, getDirectiveValues, Kind } from 'graphql';

/** Characters of a response key, or of a description, that cost as much as one field. */
const charactersPerField = 32;

/** Cost of a further part of a response: its path, its data and its frame, about 60 bytes, and a write to the connection. */
export const partWeight = 10;

const weightsByField = new WeakMap<GraphQLField<unknown, unknown>, number>();

/** What a field costs besides the fields of its result, for each of its items (`@cost`). */
export function weightOf(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): number {
  let weight = weightsByField.get(field);
  if (weight === undefined) {
    const directive = schema.getDirective('cost');
    const values = directive && field.astNode && getDirectiveValues(directive, field.astNode);
    weight = (values?.weight as number | undefined) ?? 0;
    weightsByField.set(field, weight);
  }
  return weight;
}

/** What a text of so many characters costs besides its field. A usual name costs nothing. */
export function lengthWeight(characters: number): number {
  return Math.floor(characters / charactersPerField);
}

/** Whether a part of a selection has `@defer` or `@stream` and may so be delivered in a part of its own. */
export function isApart({ directives = [] }: { readonly directives?: readonly DirectiveNode[] }): boolean {
  return directives.some(
    ({ name, arguments: given = [] }) =>
      (name.value === 'defer' || name.value === 'stream') &&
      !given.some((one) => one.name.value === 'if' && one.value.kind === Kind.BOOLEAN && !one.value.value),
  );
}
