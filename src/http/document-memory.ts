/**
 * Remembers what was made of each document's text (its syntax tree, or its syntax error), the least recently used going first
 * when the texts are too long together.
 */
export class DocumentMemory<T> {
  readonly #maxChars: number;
  readonly #made = new Map<string, T>();
  #chars = 0;

  constructor(maxChars: number) {
    this.#maxChars = maxChars;
  }

  get(text: string): T | undefined {
    const made = this.#made.get(text);
    if (made === undefined) return undefined;
    this.#made.delete(text);
    this.#made.set(text, made);
    return made;
  }

  set(text: string, made: T): void {
    this.delete(text);
    if (text.length > this.#maxChars) return;
    this.#made.set(text, made);
    this.#chars += text.length;
    for (const [oldest] of this.#made) {
      if (this.#chars <= this.#maxChars) break;
      this.delete(oldest);
    }
  }

  delete(text: string): void {
    if (this.#made.delete(text)) this.#chars -= text.length;
  }
}
