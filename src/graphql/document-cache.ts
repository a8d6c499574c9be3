import { type DocumentNode, visit } from 'graphql';

interface Kept {
  readonly document: DocumentNode;
  bytes: number;
  isUsed: boolean;
}

/**
 * Remembers documents by their text, and with them all that was made of them: costs, outlines, what is ready to be executed. That
 * hangs on the syntax trees by `WeakMap`s, and goes with them. Limited by an upper bound of the memory that it takes: documents that
 * are too much together go, the oldest first, but for those that were used since they were looked at last.
 */
export class DocumentCache {
  readonly #maxBytes: number;
  /** In the order in which they were looked at by `#makeRoom`. */
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

  /** One that takes more than an eighth of all bytes is not kept. */
  set(text: string, document: DocumentNode): void {
    if (this.get(text) === document) return; // what was made of it stays counted
    this.delete(text);
    const bytes = sizeOf(document);
    if (bytes > this.#maxBytes / 8) return;
    const kept = { document, bytes, isUsed: false };
    this.#kept.set(text, kept);
    this.#of.set(document, kept);
    this.#bytes += bytes;
    this.#makeRoom();
  }

  /** Counts what was made of a document; below zero, what went of it. Nothing happens to one that is not kept. */
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
    this.#of.delete(kept.document); // whoever still executes it may go on
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

/** Of the memory of a document with what validation and cost keep of it; measured with V8 11 and 12. */
const bytesOf = { document: 8_000, char: 2, token: 100, node: 225 };

/** Bytes that a document takes at most. Comments are tokens and no nodes. */
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
