import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DocumentMemory, sizeOf } from '../../src/graphql/document-memory.ts';
import { QueryOperations } from '../../src/graphql/root-fields.ts';
import { createNest } from './nest.ts';

const { schema, plans } = createNest();
const rows = { nodes: [{ id: 'post_1', text: 'a' }] };

/** Documents that are kept, and what is read of them. */
function remember(maxBytes?: number) {
  const documents = new DocumentMemory(maxBytes);
  const operations = new QueryOperations(schema, plans, documents);
  const keep = (text: string) => {
    const document = documents.get(text) ?? parse(text);
    documents.set(text, document);
    return document;
  };
  /** As an execution does, without what the fields are about. */
  const execute = (document: ReturnType<typeof parse>, variables = {}) => {
    for (const { text } of operations.of(document, undefined)!.rootFields(variables)!) {
      const { resolve } = text.field;
      text.field.resolve = () => rows;
      void text.execute(undefined, { contextValue: {}, variables, errors: [] }, undefined);
      text.field.resolve = resolve!;
    }
  };
  return { documents, operations, keep, execute };
}

const ofFields = (count: number, name = 'q') =>
  `query ${name} { posts { nodes { ${Array.from({ length: count }, (_, n) => `a${n}: text`).join(' ')} } } }`;

describe('what is made ready of documents', () => {
  it('is counted with its document, and goes with it', () => {
    const { documents, operations, keep, execute } = remember();
    const document = keep(ofFields(100));
    execute(document);
    const operation = operations.of(document, undefined);
    expect(documents.bytes - sizeOf(document)).toBeGreaterThan(100_000);
    execute(document);
    expect(operations.of(document, undefined)).toBe(operation);
    documents.delete(ofFields(100));
    expect(documents.bytes).toBe(0);
    execute(document); // by a request that still has it
    expect(documents.bytes).toBe(0);
  });

  const made = (text: string, ...variables: object[]) => {
    const { documents, keep, execute } = remember();
    const document = keep(text);
    for (const given of variables) execute(document, given);
    return documents.bytes - sizeOf(document);
  };

  it('counts a fragment wherever it is spread', () => {
    const fragment = 'fragment P on Post { id text }';
    const once = made(`{ posts { nodes { ...P } } } ${fragment}`, {});
    const twice = made(`{ a: posts { nodes { ...P } } b: posts { nodes { ...P } } } ${fragment}`, {});
    expect(twice - once).toBe(4 * 1_024);
  });

  it('counts what different conditions leave, and not what is not kept of them', () => {
    const names = [...'abcdefgh'];
    const text = `query (${names.map((name) => `$${name}: Boolean!`)}) {
      posts { nodes { ${names.map((name) => `${name}: text @include(if: $${name})`)} id } }
    }`;
    const all = Array.from({ length: 256 }, (_, mask) =>
      Object.fromEntries(names.map((name, bit) => [name, (mask & (1 << bit)) > 0])),
    );
    expect(made(text, ...all.slice(0, 64))).toBeGreaterThan(64 * 3 * 1_000);
    expect(made(text, ...all)).toBe(made(text, ...all.slice(0, 64)));
  });

  it('counts the literals that its arguments are', () => {
    const none = made('{ posts { nodes { id } } }', {});
    const some = made('{ posts(filter: { statuses: [DRAFT, DRAFT, DRAFT] }) { nodes { id } } }', {});
    expect(some).toBeGreaterThan(none);
  });

  it('is not kept of a document that is too much by itself, which is answered all the same', () => {
    const { documents, keep, execute } = remember(1_000_000);
    const document = keep(ofFields(60));
    expect(documents.size).toBe(1);
    for (let round = 0; round < 2; round++) execute(document);
    expect(documents.size).toBe(0);
  });
});
