import { GraphQLError, type GraphQLScalarTypeConfig, Kind } from 'graphql';
import { DateTimeISOResolver, LocalDateResolver, SafeIntResolver } from 'graphql-scalars';
import { isUploadedFile, type UploadedFile } from '../domains/media/uploaded-file.ts';

/** The range of years. The product needs no more, and PostgreSQL and JavaScript write these dates and their neighbours alike. */
const firstYear = 1900;
const lastYear = 2999;

/** How a scalar's values are parsed and serialised. The schema defines the rest, which a `GraphQLScalarType` would override. */
type Coercion<Inside, Outside> = Pick<
  GraphQLScalarTypeConfig<Inside, Outside>,
  'serialize' | 'parseValue' | 'parseLiteral'
>;

/**
 * Instants are strings in memory, because cached values are plain data and a hit must equal a miss to the byte. Any offset is
 * accepted and converted to UTC with milliseconds, so that equal instants have equal keys.
 */
const dateTime = {
  serialize: (value) => value as string,
  parseValue: (value) => withinYears(DateTimeISOResolver.parseValue(withOffset(value)).toISOString()),
  parseLiteral(node, variables) {
    if (node.kind === Kind.STRING) withOffset(node.value);
    return withinYears(DateTimeISOResolver.parseLiteral(node, variables).toISOString());
  },
} satisfies Coercion<string, string>;

const date = {
  serialize: (value) => value as string,
  parseValue: (value) => withinYears(LocalDateResolver.parseValue(value)),
  parseLiteral: (node, variables) => withinYears(LocalDateResolver.parseLiteral(node, variables)),
} satisfies Coercion<string, string>;

const { serialize, parseValue, parseLiteral } = SafeIntResolver;
const safeInt = { serialize, parseValue, parseLiteral };

const upload = {
  serialize: () => {
    throw new TypeError('expected no Upload in a response, but got one');
  },
  parseValue(value) {
    if (isUploadedFile(value)) return value;
    throw new GraphQLError('expected a file of a multipart request, but got a JSON value');
  },
} satisfies Coercion<UploadedFile, never>;

export const scalars = { DateTime: dateTime, Date: date, SafeInt: safeInt, Upload: upload };

/** The format of `<input type="datetime-local">`, which is no instant without a time zone. */
const localDateTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/i;

function withOffset<T>(value: T): T {
  if (typeof value === 'string' && value.length <= 40 && localDateTime.test(value))
    throw new GraphQLError(
      `expected an instant with an offset, such as ${value}Z or ${value}+02:00, but got one without`,
    );
  return value;
}

function withinYears(text: string): string {
  const year = /^\d{4}-/.test(text) ? Number(text.slice(0, 4)) : Number.NaN;
  if (year >= firstYear && year <= lastYear) return text;
  throw new GraphQLError(`expected a year from ${firstYear} to ${lastYear}, but got ${text}`);
}
