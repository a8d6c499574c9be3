import { type DocumentNode, type GraphQLField, type GraphQLSchema, getDirectiveValues, getOperationAST } from 'graphql';
import { rootFieldNames } from './audience.ts';

/** The events that a subscription sends each minute, whatever happens (`@timed`); undefined for one that tells of changes alone. */
export function eventsPerMinuteOf(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): number | undefined {
  const directive = schema.getDirective('timed');
  const values = directive && field.astNode && getDirectiveValues(directive, field.astNode);
  return values?.eventsPerMinute as number | undefined;
}

/** Returns whether an operation is a subscription that sends events whatever happens. */
export function isTimed(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): boolean {
  const operation = getOperationAST(document, operationName);
  const fields = schema.getSubscriptionType()?.getFields();
  if (operation?.operation !== 'subscription' || !fields) return false;
  return rootFieldNames(document, operation).some(
    (name) => fields[name] !== undefined && eventsPerMinuteOf(schema, fields[name]) !== undefined,
  );
}
