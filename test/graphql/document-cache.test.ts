import { Documents, sizeOf } from '@magpie/graphql-cache/parts';
import { getOperationAST, parse, type ValidationRule, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Costs } from '../../src/graphql/cost.ts';
import { inputsOf } from '../../src/graphql/document-inputs.ts';
import { collectGarbage } from '../setup/garbage.ts';
import { createNest } from './nest.ts';

const nameOf = (n: number) => `{ __typename } # ${n}`;
const size = sizeOf(parse(nameOf(0)));

describe('the memory of documents', () => {
  const { schema, plans } = createNest();
  const rules = 'of this test';

  it('keeps what was used, and lets the oldest of the others go', () => {
    const documents = new Documents({ schema, plans, maxBytes: 20 * size });
    const used = parse(nameOf(0));
    documents.keep(used, rules);
    for (let n = 1; n < 100; n++) {
      expect(documents.get(nameOf(0))).toBe(used);
      documents.keep(parse(nameOf(n)), rules);
      expect(documents.snapshot().bytes).toBeLessThanOrEqual(20 * size);
    }
    expect(documents.snapshot().documents).toBeGreaterThanOrEqual(19);
    expect(documents.get(nameOf(1))).toBe(undefined);
  });

  it('keeps none that takes more than an eighth of it', () => {
    const documents = new Documents({ schema, plans, maxBytes: 7 * size });
    documents.keep(parse(nameOf(0)), rules);
    expect(documents.snapshot()).toMatchObject({ documents: 0, bytes: 0 });
  });

  it('keeps the first of equal documents, and counts it once', () => {
    const documents = new Documents({ schema, plans, maxBytes: 20 * size });
    const [first, second] = [parse(nameOf(0)), parse(nameOf(0))];
    for (const document of [first, second, first]) documents.keep(document, rules);
    expect(documents.snapshot()).toMatchObject({ documents: 1, bytes: size });
    expect(documents.get(nameOf(0))).toBe(first);
  });

  it('goes on counting what was prepared of a document that is kept again', () => {
    const documents = new Documents({ schema, plans });
    const document = parse(nameOf(0));
    documents.keep(document, rules);
    documents.operation(document, undefined)!.rootFields({});
    const { bytes } = documents.snapshot();
    documents.keep(document, 'others');
    expect(bytes).toBeGreaterThan(size);
    expect(documents.snapshot().bytes).toBe(bytes);
  });

  it('tells under which rules a document is valid', () => {
    const documents = new Documents({ schema, plans });
    const document = parse(nameOf(0));
    documents.keep(document, rules);
    expect([rules, 'others'].map((name) => documents.isValid(document, name))).toEqual([true, false]);
  });

  it('validates a document once for each set of rules, and keeps none with errors', () => {
    let runs = 0;
    const count: ValidationRule = () => {
      runs++;
      return {};
    };
    const documents = new Documents({ schema, plans });
    const { document } = documents.prepare(nameOf(0));
    for (let time = 0; time < 2; time++) {
      expect(documents.prepare(nameOf(0), { rules: [count] }).document).toBe(document);
      expect(documents.prepare('{ nothing }', { rules: [count] }).errors).toHaveLength(1);
      expect(documents.prepare('{ nothing').errors).toHaveLength(1);
    }
    expect(runs).toBe(3);
    expect(documents.snapshot().documents).toBe(1);
  });

  it('prepares a document of at most as many tokens as it is told', () => {
    const documents = new Documents({ schema, plans });
    expect(documents.prepare('{ a: __typename }', { maxTokens: 4 }).errors).toHaveLength(1);
    expect(documents.prepare('{ a: __typename }', { maxTokens: 7 }).document).toBeDefined();
  });

  it('counts lookups and evictions', () => {
    const documents = new Documents({ schema, plans, maxBytes: 10 * size + 100 });
    for (let n = 0; n < 12; n++) documents.prepare(nameOf(n));
    documents.prepare(nameOf(11));
    expect(documents.snapshot()).toMatchObject({ documents: 10, hits: 1, misses: 12, evictions: 2 });
  });
});

const times = (count: number, part: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => part(n)).join(' ');

describe('the size of a document', () => {
  const { schema } = createNest();

  it.each([
    ['nothing', (n: number) => nameOf(n)],
    ['fields', (n: number) => `query q${n} { posts { nodes { ${times(100, (at) => `a${at}: text`)} } } }`],
    ['the same field', (n: number) => `query q${n} { posts { nodes { ${times(100, () => 'text')} } } }`],
    ['fragments', (n: number) => `query q${n} { posts { nodes { ${times(200, () => '... on Post { id }')} } } }`],
    ['directives', (n: number) => `query q${n} { posts { nodes { ${times(50, () => 'id @skip(if: false)')} } } }`],
    [
      'literals',
      (n: number) => `query q${n} { posts(filter: { statuses: [${times(900, () => 'DRAFT')}] }) { nodes { id } } }`,
    ],
    ['comments', (n: number) => `${nameOf(n)}${'\n#'.repeat(500)}`],
    ['a long comment', (n: number) => `${nameOf(n)} ${'\u20ac'.repeat(2_000)}`],
    ['commas', (n: number) => `${nameOf(n)}\n${','.repeat(2_000)}`],
    ['variables', (n: number) => `query q${n}(${times(200, (at) => `$v${at}: Int = 1`)}) { __typename }`],
  ])('is no less than what it takes when it is made of %s', (_what, textOf) => {
    const count = textOf(0).length < 200 ? 1_000 : 60;
    const costs = new Costs();
    const keep = (n: number) => {
      const text = textOf(n);
      const document = parse(text);
      if (validate(schema, document).length === 0) inputsOf(schema, document);
      const operation = getOperationAST(document)!;
      costs.of(schema, document, { operation, variables: {} });
      return [text, document] as const;
    };
    keep(1_000_000);
    const kept = new Map<string, ReturnType<typeof parse>>();
    const before = heapBytes();
    for (let n = 0; n < count; n++) kept.set(...keep(n));
    const taken = (heapBytes() - before) / count;
    const counted = sizeOf(kept.values().next().value!);
    expect(counted).toBeGreaterThan(taken);
    expect(counted, 'and not very much more').toBeLessThan(8 * taken);
  });
});

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
