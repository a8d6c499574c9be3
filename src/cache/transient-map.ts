/**
 * A map of what comes and goes. When entries of a `Map` change often, V8 copies its table often, and links each one to the next:
 * one that has grown old keeps alive all that come after it, with whatever was in them, until the whole heap is collected. The
 * dictionary that is behind an object without prototype has no such links.
 */
export class TransientMap<T> {
  readonly #values: Record<string, T> = Object.create(null);

  get(key: string): T | undefined {
    return this.#values[key];
  }

  set(key: string, value: T): void {
    this.#values[key] = value;
  }

  delete(key: string): void {
    delete this.#values[key];
  }
}
