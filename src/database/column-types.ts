import pg from 'pg';

/** Object identifiers of the types that are parsed differently from the driver's default. Source: PostgreSQL, pg_type.dat. */
const oid = {
  int8: 20,
  int8Array: 1016,
  date: 1082,
  dateArray: 1182,
  timestamp: 1114,
  timestampArray: 1115,
  timestamptz: 1184,
  timestamptzArray: 1185,
  interval: 1186,
  intervalArray: 1187,
  numericArray: 1231,
  textArray: 1009,
} as const;

type Parse = (text: string) => unknown;

const verbatim: Parse = (text) => text;
const stringArray = pg.types.getTypeParser(oid.textArray as number) as (text: string) => (string | null)[];
const arrayOf =
  (parse: Parse): Parse =>
  (text) =>
    stringArray(text).map((element) => (element === null ? null : parse(element)));

const parsers = new Map<number, Parse>([
  [oid.int8, safeInteger],
  [oid.int8Array, arrayOf(safeInteger)],
  [oid.date, verbatim],
  [oid.dateArray, stringArray],
  [oid.timestamp, verbatim],
  [oid.timestampArray, stringArray],
  [oid.timestamptz, isoInstant],
  [oid.timestamptzArray, arrayOf(isoInstant)],
  [oid.interval, verbatim],
  [oid.intervalArray, stringArray],
  [oid.numericArray, stringArray],
]);

/**
 * Parsers of column values, the same for both engines: `timestamptz` becomes an ISO 8601 string with milliseconds and `Z`,
 * `date` a `YYYY-MM-DD` string, `int8` (so `count(*)`) a number, `numeric` a string, `jsonb` the parsed value, `text[]` an array.
 */
export const columnTypes = {
  getTypeParser(type: number, format?: 'text' | 'binary') {
    return (format !== 'binary' && parsers.get(type)) || pg.types.getTypeParser(type, format as 'text');
  },
} as pg.CustomTypesConfig;

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`expected an integer within ±2^53, but got ${text}`);
  return value;
}

/** Parses an instant. The session's time zone is UTC, so it has the form `2026-11-22 10:55:48.97+00`, with up to six decimals. */
function isoInstant(text: string): string {
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text);
  if (!parts) throw new RangeError(`expected an instant of the years 1 to 9999 in UTC, but got ${text}`);
  return `${parts[1]}T${parts[2]}.${(parts[3] ?? '').padEnd(3, '0').slice(0, 3)}Z`;
}
