import { getOperationAST, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Costs } from '../../src/graphql/cost.ts';
import { DocumentCache, sizeOf } from '../../src/graphql/document-cache.ts';
import { inputsOf } from '../../src/graphql/document-inputs.ts';
import { collectGarbage } from '../setup/garbage.ts';
import { createNest } from './nest.ts';

const nameOf = (n: number) => `{ __typename } # ${n}`;
const size = sizeOf(parse(nameOf(0)));

describe('the memory of documents', () => {
  it('keeps what was used, and lets the oldest of the others go', () => {
    const documents = new DocumentCache(20 * size);
    const used = parse(nameOf(0));
    documents.set(nameOf(0), used);
    for (let n = 1; n < 100; n++) {
      expect(documents.get(nameOf(0))).toBe(used);
      documents.set(nameOf(n), parse(nameOf(n)));
      expect(documents.bytes).toBeLessThanOrEqual(20 * size);
    }
    expect(documents.size).toBeGreaterThanOrEqual(19);
    expect(documents.get(nameOf(1))).toBe(undefined);
  });

  it('keeps none that takes more than an eighth of it', () => {
    const documents = new DocumentCache(7 * size);
    documents.set(nameOf(0), parse(nameOf(0)));
    expect([documents.size, documents.bytes]).toEqual([0, 0]);
  });

  it('counts a document once, however often it is set', () => {
    const documents = new DocumentCache(20 * size);
    for (let time = 0; time < 3; time++) documents.set(nameOf(0), parse(nameOf(0)));
    expect([documents.size, documents.bytes]).toEqual([1, size]);
  });

  it('goes on counting what was made of a document that is set again', () => {
    const documents = new DocumentCache(40 * size);
    const document = parse(nameOf(0));
    documents.set(nameOf(0), document);
    documents.grow(document, 100);
    documents.set(nameOf(0), document);
    expect(documents.bytes).toBe(size + 100);
    documents.grow(document, -100);
    expect(documents.bytes).toBe(size);
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
