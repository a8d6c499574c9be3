import { GraphQLScalarType } from 'graphql';
import { DateTimeISOResolver, LocalDateResolver, SafeIntResolver } from 'graphql-scalars';

/**
 * Instants are text inside: what is cached is plain data, and a hit equals a miss to the byte. Any offset is accepted and
 * becomes UTC with milliseconds, so that equal instants make equal keys.
 */
const dateTime = new GraphQLScalarType<string, string>({
  ...described('DateTime', 'An instant, ISO 8601 in UTC with milliseconds.'),
  serialize: (value) => value as string,
  parseValue: (value) => DateTimeISOResolver.parseValue(value).toISOString(),
  parseLiteral: (node, variables) => DateTimeISOResolver.parseLiteral(node, variables).toISOString(),
});

const date = new GraphQLScalarType<string, string>({
  ...described('Date', 'A day, `YYYY-MM-DD`.'),
  serialize: (value) => value as string,
  parseValue: (value) => LocalDateResolver.parseValue(value),
  parseLiteral: (node, variables) => LocalDateResolver.parseLiteral(node, variables),
});

const safeInt = new GraphQLScalarType({ ...SafeIntResolver.toConfig(), name: 'SafeInt' });

const upload = new GraphQLScalarType<File, never>({
  ...described('Upload', 'A file of a multipart request.'),
  serialize: () => {
    throw new TypeError('expected no Upload in a response, but got one');
  },
  parseValue(value) {
    if (value instanceof File) return value;
    throw new TypeError('expected a file of a multipart request, but got a JSON value');
  },
});

export const scalars = { DateTime: dateTime, Date: date, SafeInt: safeInt, Upload: upload };

function described(name: string, description: string) {
  return { name, description };
}
