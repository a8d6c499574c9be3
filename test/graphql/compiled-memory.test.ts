import { Documents, FieldErrors, ResultSize, type RootField, sizeOf } from '@magpie/graphql-cache/parts';
import { type DocumentNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createNest } from './nest.ts';

const { schema, plans } = createNest();
const rows = { nodes: [{ id: 'post_1', text: 'a' }] };

/** Documents that are kept, and what is read of them. */
function remember(maxBytes?: number) {
  const documents = new Documents({ schema, plans, maxBytes });
  const keep = (text: string) => {
    const document = documents.get(text) ?? parse(text);
    documents.keep(document, 'none');
    return document;
  };
  /** As an execution does, without what the fields are about. */
  const executeField = ({ text }: RootField, variables = {}) => {
    const { resolve } = text.field;
    text.field.resolve = () => rows;
    void text.execute(
      undefined,
      { contextValue: {}, variables, errors: new FieldErrors(), size: new ResultSize() },
      undefined,
    );
    text.field.resolve = resolve!;
  };
  const execute = (document: DocumentNode, variables = {}) => {
    for (const field of documents.operation(document, undefined)!.rootFields(variables)!)
      executeField(field, variables);
  };
  return { documents, keep, execute, executeField };
}

const ofFields = (count: number, name = 'q') =>
  `query ${name} { posts { nodes { ${Array.from({ length: count }, (_, n) => `a${n}: text`).join(' ')} } } }`;

describe('what is made ready of documents', () => {
  it('is counted with its document', () => {
    const { documents, keep, execute } = remember();
    const document = keep(ofFields(100));
    execute(document);
    const operation = documents.operation(document, undefined);
    expect(documents.snapshot().bytes - sizeOf(document)).toBeGreaterThan(100_000);
    execute(document);
    expect(documents.operation(document, undefined)).toBe(operation);
  });

  it('goes with its document, and is not counted for a request that still has it', () => {
    const { documents, keep, execute } = remember(2_000_000);
    const document = keep(ofFields(100));
    execute(document);
    for (let n = 0; n < 40; n++) keep(ofFields(100, `other${n}`));
    expect(documents.get(ofFields(100))).toBe(undefined);
    const { bytes } = documents.snapshot();
    execute(document);
    expect(documents.snapshot().bytes).toBe(bytes);
  });

  it('is not remembered for names of operations that the document lacks', () => {
    const { documents, keep } = remember();
    const document = keep(ofFields(100));
    for (const name of ['a', 'b']) expect(documents.operation(document, name)).toBe(undefined);
    expect(documents.snapshot().bytes).toBe(sizeOf(document));
  });

  const made = (text: string, ...variables: object[]) => {
    const { documents, keep, execute } = remember();
    const document = keep(text);
    for (const given of variables) execute(document, given);
    return documents.snapshot().bytes - sizeOf(document);
  };

  it('counts a fragment wherever it is spread', () => {
    const fragment = 'fragment P on Post { id text }';
    const once = made(`{ posts { nodes { ...P } } } ${fragment}`, {});
    const twice = made(`{ a: posts { nodes { ...P } } b: posts { nodes { ...P } } } ${fragment}`, {});
    expect(twice - once).toBe(4 * 1_024);
  });

  describe('for more conditions than are kept', () => {
    const names = [...'abcdefgh'];
    const text = `query (${names.map((name) => `$${name}: Boolean!`)}) {
      posts { nodes { ${names.map((name) => `${name}: text @include(if: $${name})`)} id } }
    }`;
    const choice = (mask: number) => Object.fromEntries(names.map((name, bit) => [name, (mask & (1 << bit)) > 0]));
    const chosen = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => choice(from + n));
    const bytes = (...masks: number[]) => made(text, ...masks.map(choice)) - made(text);

    it('is counted for those that are kept, and no more for those that went', () => {
      expect(made(text, ...chosen(0, 64))).toBeGreaterThan(64 * 3 * 1_000);
      expect(made(text, ...chosen(0, 256), ...chosen(0, 256))).toBeLessThan(64 * bytes(255));
    });

    it('takes with it what it had when it goes', () => {
      const first = made(text, ...chosen(0, 64));
      expect(made(text, ...chosen(0, 64), choice(255))).toBe(first - bytes(0) + bytes(255));
    });

    it('is not counted when it is made by an execution that still has what went', () => {
      const { documents, keep, execute, executeField } = remember();
      const operation = documents.operation(keep(text), undefined)!;
      const [field] = operation.rootFields(choice(255))!;
      for (const given of chosen(0, 64)) execute(keep(text), given);
      const full = documents.snapshot().bytes;
      executeField(field!, choice(255));
      expect(documents.snapshot().bytes).toBe(full);
    });

    it('stays for newcomers that take turns, however often the others were used', () => {
      const { documents, keep } = remember();
      const rootFields = (mask: number) => documents.operation(keep(text), undefined)!.rootFields(choice(mask));
      for (let use = 0; use < 10; use++) for (let mask = 0; mask < 64; mask++) rootFields(mask);
      const newcomers = [rootFields(254), rootFields(255)];
      [254, 255].forEach((mask, n) => void expect(rootFields(mask)).toBe(newcomers[n]));
    });

    it('stays for those that are used most', () => {
      const { documents, keep } = remember();
      const rootFields = (mask: number) => documents.operation(keep(text), undefined)!.rootFields(choice(mask));
      const [often, once] = [rootFields(0), rootFields(1)];
      for (let mask = 2; mask < 256; mask++) {
        for (let use = 0; use < 3; use++) rootFields(0);
        rootFields(mask);
      }
      expect(rootFields(0)).toBe(often);
      expect(rootFields(1)).not.toBe(once);
    });
  });

  it('counts the literals that its arguments are', () => {
    const none = made('{ posts { nodes { id } } }', {});
    const some = made('{ posts(filter: { statuses: [DRAFT, DRAFT, DRAFT] }) { nodes { id } } }', {});
    expect(some).toBeGreaterThan(none);
  });

  it('is not kept of a document that is too much by itself, which is answered all the same', () => {
    const { documents, keep, execute } = remember(1_000_000);
    const document = keep(ofFields(60));
    expect(documents.snapshot().documents).toBe(1);
    for (let round = 0; round < 2; round++) execute(document);
    expect(documents.snapshot().documents).toBe(0);
  });
});
