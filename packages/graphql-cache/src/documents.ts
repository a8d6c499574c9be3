import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { sizeOf } from './document-size.ts';
import type { FieldPlan } from './field-plan.ts';
import { prepareQuery, type QueryOperation } from './root-fields.ts';

export interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly plans: ReadonlyMap<string, FieldPlan>;
  /** Most bytes of the kept documents and what was prepared of them; default 48 MiB. */
  readonly maxBytes?: number;
}

/** What is kept now, and lookups of texts since the start. */
export interface DocumentCounts {
  readonly documents: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
}

/** What is known of one document. */
interface Known {
  readonly document: DocumentNode;
  readonly operations: Map<string | undefined, QueryOperation | undefined>;
  /** The sets of rules that it was valid under. */
  readonly validUnder: string[];
  bytes: number;
  isKept: boolean;
  isUsed: boolean;
}

/**
 * The memory of documents: each is parsed, validated and prepared for execution once while it is kept. Kept are valid documents, by
 * their texts: errors of others would keep the whole validation context in memory. What servers attach to the syntax tree by
 * `WeakMap`s, such as costs, is freed with it. The limit is on an upper bound of the memory. Eviction is second chance (CLOCK): the
 * oldest document is removed, unless it was used since it was last examined.
 */
export class Documents {
  readonly schema: GraphQLSchema;
  readonly #plans: ReadonlyMap<string, FieldPlan>;
  readonly #maxBytes: number;
  /** In the order in which `#makeRoom` examined them. */
  readonly #kept = new Map<string, Known>();
  /** Also those that are not kept, such as documents that another library parsed. */
  readonly #known = new WeakMap<DocumentNode, Known>();
  #bytes = 0;
  #hits = 0;
  #misses = 0;
  #evictions = 0;

  constructor({ schema, plans, maxBytes = 48 * 1024 * 1024 }: DocumentsOptions) {
    this.schema = schema;
    this.#plans = plans;
    this.#maxBytes = maxBytes;
  }

  snapshot(): DocumentCounts {
    return {
      ...{ documents: this.#kept.size, bytes: this.#bytes, maxBytes: this.#maxBytes },
      ...{ hits: this.#hits, misses: this.#misses, evictions: this.#evictions },
    };
  }

  /** Returns the document of a text; undefined if it is not kept. */
  get(text: string): DocumentNode | undefined {
    const known = this.#kept.get(text);
    if (!known) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    known.isUsed = true;
    return known.document;
  }

  /** Whether the document was found valid under a set of rules, which a text identifies. */
  isValid(document: DocumentNode, rules: string): boolean {
    return this.#known.get(document)?.validUnder.includes(rules) ?? false;
  }

  /** Keeps a document that was found valid. One that takes more than an eighth of the limit is not kept. */
  keep(document: DocumentNode, rules: string): void {
    const text = document.loc?.source.body;
    if (text === undefined || (this.#kept.get(text)?.document ?? document) !== document) return; // another execution parsed it too
    const known = this.#of(document);
    if (!known.validUnder.includes(rules)) known.validUnder.push(rules);
    if (known.isKept) return; // what was prepared of it stays counted
    known.bytes += sizeOf(document);
    if (this.#isTooLarge(known)) this.#forget(known);
    else {
      known.isKept = true;
      this.#kept.set(text, known);
      this.#bytes += known.bytes;
      this.#makeRoom();
    }
  }

  /**
   * Returns the document of a text, parsed and validated, or what is wrong with it. `rules` are checked besides those of the
   * specification.
   */
  prepare(
    text: string,
    { rules, maxTokens }: { rules?: readonly ValidationRule[]; maxTokens?: number } = {},
  ): { document: DocumentNode; errors?: undefined } | { document?: undefined; errors: readonly GraphQLError[] } {
    const name = rules?.map((rule) => rule.name).join() ?? '';
    let document = this.get(text);
    if (document && this.isValid(document, name)) return { document };
    try {
      document ??= parse(text, { maxTokens });
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
    const errors = validate(this.schema, document, rules && [...specifiedRules, ...rules]);
    if (errors.length > 0) return { errors };
    this.keep(document, name);
    return { document };
  }

  /**
   * Returns an operation, prepared for execution once while its document is known. Returns undefined for one that is missing, is no
   * query, or uses `@defer` or `@stream`.
   */
  operation(document: DocumentNode, operationName: string | undefined): QueryOperation | undefined {
    const earlier = this.#known.get(document)?.operations;
    if (earlier?.has(operationName)) return earlier.get(operationName);
    const definition = getOperationAST(document, operationName);
    if (!definition) return undefined; // names of missing operations are unlimited
    const known = this.#of(document);
    const onGrowth = (bytes: number) => this.#grow(known, bytes);
    const operation = prepareQuery({ document, definition }, { schema: this.schema, plans: this.#plans, onGrowth });
    known.operations.set(operationName, operation);
    return operation;
  }

  #of(document: DocumentNode): Known {
    const earlier = this.#known.get(document);
    if (earlier) return earlier;
    const known = { document, operations: new Map(), validUnder: [], bytes: 0, isKept: false, isUsed: false };
    this.#known.set(document, known);
    return known;
  }

  /** Counts data that was prepared of a document; negative when data was freed. */
  #grow(known: Known, bytes: number): void {
    known.bytes += bytes;
    if (!known.isKept) return;
    known.isUsed = true;
    this.#bytes += bytes;
    if (this.#isTooLarge(known)) this.#forget(known);
    this.#makeRoom();
  }

  #isTooLarge({ bytes }: Known): boolean {
    return bytes > this.#maxBytes / 8;
  }

  #makeRoom(): void {
    for (const [text, known] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) return;
      if (!known.isUsed) this.#forget(known);
      else {
        known.isUsed = false;
        this.#kept.delete(text);
        this.#kept.set(text, known);
      }
    }
  }

  /** Executions that still use the document, and what was prepared of it, continue. */
  #forget(known: Known): void {
    this.#known.delete(known.document);
    if (!known.isKept) return;
    known.isKept = false;
    this.#kept.delete(known.document.loc!.source.body);
    this.#bytes -= known.bytes;
    this.#evictions++;
  }
}
