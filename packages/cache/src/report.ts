import { Histogram, type HistogramParts } from './histogram.ts';
import { counterNames, FieldCounters, type Holdings, latencyNames } from './statistics.ts';
import { amountNames, type CategoryTotals, holdingNames, sumOf, type Totals } from './totals.ts';

/** Another format is not read. Within one, members may be added: a reader takes those that it knows, and an absent one is 0. */
const format = 1;
const fieldNames = [...counterNames, 'overshootMs'] as const;

type Numbers<Name extends string> = Readonly<Partial<Record<Name, number>>>;

/** What a process counted and holds, as JSON. Numbers that are 0 are left out. It has coordinates, but neither keys nor tags. */
export interface Report {
  readonly format: number;
  readonly categories: Readonly<Record<string, CategoryReport>>;
}

interface CategoryReport extends Numbers<(typeof amountNames)[number]> {
  readonly fields: Readonly<Record<string, FieldReport>>;
}

interface FieldReport extends Numbers<(typeof fieldNames)[number]> {
  readonly holdings: Numbers<keyof Holdings>;
  readonly hitLatency?: HistogramParts;
  readonly missLatency?: HistogramParts;
}

/**
 * A report, with each field if that takes at most `maxLength` characters of JSON. Otherwise the fields of a category are one, under
 * the coordinate `''`, which is at most 16,000 characters for each category.
 */
export function reportOf(categories: readonly CategoryTotals[], maxLength: number): Report {
  const whole = encode(categories);
  if (JSON.stringify(whole).length <= maxLength) return whole;
  return encode(categories.map((totals) => ({ ...totals, fields: new Map([['', sumOf(totals.fields.values())]]) })));
}

/** What a report says; undefined for one of another format, or with anything that no report has. */
export function readReport(report: unknown): CategoryTotals[] | undefined {
  try {
    const { format: found, categories } = objectOf(report);
    if (found !== format) return undefined;
    return Object.entries(objectOf(categories)).map(([category, one]) => decodeCategory(category, objectOf(one)));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function encode(categories: readonly CategoryTotals[]): Report {
  return {
    format,
    categories: Object.fromEntries(
      categories.map(({ category, fields, ...amounts }) => [
        category,
        {
          ...present(amountNames, amounts),
          fields: Object.fromEntries([...fields].map(([coordinate, totals]) => [coordinate, encodeField(totals)])),
        },
      ]),
    ),
  };
}

function encodeField({ counters, holdings }: Totals): FieldReport {
  const [hitLatency, missLatency] = [counters.hitLatency.parts(), counters.missLatency.parts()];
  return {
    ...present(fieldNames, counters),
    holdings: present(holdingNames, holdings),
    ...(hitLatency && { hitLatency }),
    ...(missLatency && { missLatency }),
  };
}

function present<Name extends string>(names: readonly Name[], numbers: Readonly<Record<Name, number>>): Numbers<Name> {
  const kept = names.filter((name) => numbers[name] !== 0).map((name) => [name, numbers[name]]);
  return Object.fromEntries(kept);
}

type Unread = Readonly<Record<string, unknown>>;

function decodeCategory(category: string, report: Unread): CategoryTotals {
  const fields = Object.entries(objectOf(report.fields)).map(
    ([coordinate, field]) => [coordinate, decodeField(coordinate, objectOf(field))] as const,
  );
  return { category, fields: new Map(fields), ...numbersOf(amountNames, report) };
}

function decodeField(coordinate: string, report: Unread): Totals {
  const counters = Object.assign(new FieldCounters(coordinate), numbersOf(fieldNames, report));
  for (const name of latencyNames)
    if (report[name] !== undefined) counters[name].add(decodeHistogram(objectOf(report[name])));
  return { counters, holdings: numbersOf(holdingNames, objectOf(report.holdings)) };
}

function decodeHistogram({ sumMs, minMs, maxMs, buckets }: Unread): Histogram {
  const pairs = listOf(buckets).map((pair) => {
    const [bucket, count] = listOf(pair);
    return [wholeOf(bucket), wholeOf(count)] as const;
  });
  return Histogram.of({ sumMs: numberOf(sumMs), minMs: numberOf(minMs), maxMs: numberOf(maxMs), buckets: pairs });
}

function numbersOf<Name extends string>(names: readonly Name[], numbers: Unread): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, numberOf(numbers[name] ?? 0)])) as Record<Name, number>;
}

function numberOf(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new RangeError(`expected a finite number, 0 or more, but got ${JSON.stringify(value)}`);
}

function wholeOf(value: unknown): number {
  if (Number.isSafeInteger(value)) return numberOf(value);
  throw new RangeError(`expected a whole number but got ${JSON.stringify(value)}`);
}

function objectOf(value: unknown): Unread {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Unread;
  throw new RangeError(`expected an object but got ${JSON.stringify(value)}`);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new RangeError(`expected a list but got ${JSON.stringify(value)}`);
}
