import { type DocumentNode, visit } from 'graphql';

interface Kept {
  readonly document: DocumentNode;
  bytes: number;
  isUsed: boolean;
}

/**
 * A cache of parsed documents by their text. Data derived from a document (costs, operation plans, compiled operations) is attached to
 * its syntax tree by `WeakMap`s, and freed with it. The limit is on an upper bound of the memory. Eviction is second chance (CLOCK): the
 * oldest document is removed, unless it was used since it was last examined.
 */
export class DocumentCache {
  readonly #maxBytes: number;
  /** In the order in which `#makeRoom` examined them. */
  readonly #kept = new Map<string, Kept>();
  readonly #of = new WeakMap<DocumentNode, Kept>();
  #bytes = 0;

  constructor(maxBytes = 48 * 1024 * 1024) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#kept.size;
  }

  get(text: string): DocumentNode | undefined {
    const kept = this.#kept.get(text);
    if (kept) kept.isUsed = true;
    return kept?.document;
  }

  /** Adds a document. One that takes more than an eighth of the limit is not kept. */
  set(text: string, document: DocumentNode): void {
    if (this.get(text) === document) return; // the size of derived data stays counted
    this.delete(text);
    const bytes = sizeOf(document);
    if (bytes > this.#maxBytes / 8) return;
    const kept = { document, bytes, isUsed: false };
    this.#kept.set(text, kept);
    this.#of.set(document, kept);
    this.#bytes += bytes;
    this.#makeRoom();
  }

  /** Adds to the size of a document the bytes of derived data; negative when data was freed. No effect on a document that is not kept. */
  grow(document: DocumentNode, bytes: number): void {
    const kept = this.#of.get(document);
    if (!kept) return;
    kept.isUsed = true;
    kept.bytes += bytes;
    this.#bytes += bytes;
    if (kept.bytes > this.#maxBytes / 8) this.delete(textOf(document));
    this.#makeRoom();
  }

  delete(text: string): void {
    const kept = this.#kept.get(text);
    if (!kept) return;
    this.#kept.delete(text);
    this.#of.delete(kept.document); // executions that still use it continue
    this.#bytes -= kept.bytes;
  }

  #makeRoom(): void {
    for (const [text, kept] of this.#kept) {
      if (this.#bytes <= this.#maxBytes) return;
      if (!kept.isUsed) this.delete(text);
      else {
        kept.isUsed = false;
        this.#kept.delete(text);
        this.#kept.set(text, kept);
      }
    }
  }
}

function textOf({ loc }: DocumentNode): string {
  return loc?.source.body ?? '';
}

/** Bytes of a document and its parts, with the data that validation and cost attach; measured with V8 11 and 12. */
const bytesOf = { document: 8_000, char: 2, token: 100, node: 225 };

/** Upper bound of a document's memory, in bytes. Comments count as tokens, and are not nodes. */
export function sizeOf(document: DocumentNode): number {
  const tokens = countTokens(document);
  const nodes = countNodes(document);
  return bytesOf.document + bytesOf.char * textOf(document).length + bytesOf.token * tokens + bytesOf.node * nodes;
}

function countTokens({ loc }: DocumentNode): number {
  let count = 0;
  for (let token = loc?.startToken; token; token = token.next ?? undefined) count += 1;
  return count;
}

export function countNodes(node: Parameters<typeof visit>[0]): number {
  let count = 0;
  visit(node, {
    enter() {
      count += 1;
    },
  });
  return count;
}
