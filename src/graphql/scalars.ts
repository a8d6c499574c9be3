import { GraphQLError, GraphQLScalarType } from 'graphql';
import { DateTimeISOResolver, LocalDateResolver, SafeIntResolver } from 'graphql-scalars';
import { isUploadedFile, type UploadedFile } from '../domains/media/uploaded-file.ts';

/** No calendar of ours needs more, and every day's neighbours are days that PostgreSQL and JavaScript write alike. */
const firstYear = 1900;
const lastYear = 2999;

/**
 * Instants are text inside: what is cached is plain data, and a hit equals a miss to the byte. Any offset is accepted and
 * becomes UTC with milliseconds, so that equal instants make equal keys.
 */
const dateTime = new GraphQLScalarType<string, string>({
  ...described('DateTime', 'An instant, ISO 8601 in UTC with milliseconds.'),
  serialize: (value) => value as string,
  parseValue: (value) => inReach(DateTimeISOResolver.parseValue(value).toISOString()),
  parseLiteral: (node, variables) => inReach(DateTimeISOResolver.parseLiteral(node, variables).toISOString()),
});

const date = new GraphQLScalarType<string, string>({
  ...described('Date', 'A day, `YYYY-MM-DD`.'),
  serialize: (value) => value as string,
  parseValue: (value) => inReach(LocalDateResolver.parseValue(value)),
  parseLiteral: (node, variables) => inReach(LocalDateResolver.parseLiteral(node, variables)),
});

const safeInt = new GraphQLScalarType({ ...SafeIntResolver.toConfig(), name: 'SafeInt' });

const upload = new GraphQLScalarType<UploadedFile, never>({
  ...described('Upload', 'A file of a multipart request.'),
  serialize: () => {
    throw new TypeError('expected no Upload in a response, but got one');
  },
  parseValue(value) {
    if (isUploadedFile(value)) return value;
    throw new GraphQLError('expected a file of a multipart request, but got a JSON value');
  },
});

export const scalars = { DateTime: dateTime, Date: date, SafeInt: safeInt, Upload: upload };

function inReach(text: string): string {
  const year = /^\d{4}-/.test(text) ? Number(text.slice(0, 4)) : Number.NaN;
  if (year >= firstYear && year <= lastYear) return text;
  throw new GraphQLError(`expected a year from ${firstYear} to ${lastYear}, but got ${text}`);
}

function described(name: string, description: string) {
  return { name, description };
}
