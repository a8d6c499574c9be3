import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { QueryOperations } from '../../src/graphql/root-fields.ts';
import { createNest } from './nest.ts';

const { schema, plans } = createNest();
const rows = { nodes: [{ id: 'post_1', text: 'a' }] };

/** As an execution does, without what the fields are about. */
function execute(operations: QueryOperations, document: ReturnType<typeof parse>, variables = {}) {
  for (const { text } of operations.of(document, undefined)!.rootFields(variables)!) {
    const { resolve } = text.field;
    text.field.resolve = () => rows;
    void text.execute(undefined, { contextValue: {}, variables, errors: [] }, undefined);
    text.field.resolve = resolve!;
  }
}

const ofFields = (count: number, name = 'q') =>
  parse(`query ${name} { posts { nodes { ${Array.from({ length: count }, (_, n) => `a${n}: text`).join(' ')} } } }`);

describe('what is made ready of documents', () => {
  it('is kept until it is too much, and what was used longest ago goes first', () => {
    const operations = new QueryOperations(schema, plans, { maxFields: 1_000 });
    const documents = Array.from({ length: 20 }, (_, n) => ofFields(100, `q${n}`));
    const kept = operations.of(documents[0]!, undefined);
    for (const document of documents) {
      execute(operations, documents[0]!);
      execute(operations, document);
      operations.of(documents[0]!, undefined);
      expect(operations.size).toBeLessThanOrEqual(1_000);
    }
    expect(operations.size).toBeGreaterThan(500);
    expect(operations.of(documents[0]!, undefined)).toBe(kept);
  });

  it('counts a fragment wherever it is spread', () => {
    const fields = (text: string) => {
      const operations = new QueryOperations(schema, plans);
      execute(operations, parse(text));
      return operations.size - Math.ceil(text.length / 6);
    };
    const fragment = 'fragment P on Post { id text }';
    expect(fields(`{ posts { nodes { ...P } } } ${fragment}`)).toBe(4);
    expect(fields(`{ a: posts { nodes { ...P } } b: posts { nodes { ...P } } } ${fragment}`)).toBe(8);
  });

  it('counts what different conditions leave', () => {
    const operations = new QueryOperations(schema, plans, { maxFields: 300 });
    const names = [...'abcdef'];
    const document = parse(`query (${names.map((name) => `$${name}: Boolean!`)}) {
      posts { nodes { ${names.map((name) => `${name}: text @include(if: $${name})`)} id } }
    }`);
    for (let mask = 0; mask < 64; mask++) {
      execute(operations, document, Object.fromEntries(names.map((name, bit) => [name, (mask & (1 << bit)) > 0])));
      operations.of(ofFields(1), undefined);
      expect(operations.size).toBeLessThanOrEqual(300);
    }
  });

  it('is not kept of a document that is too much by itself, which is answered all the same', () => {
    const operations = new QueryOperations(schema, plans, { maxFields: 10 });
    const document = ofFields(50);
    for (let round = 0; round < 2; round++) execute(operations, document);
    expect(operations.size).toBeLessThanOrEqual(10);
  });
});
