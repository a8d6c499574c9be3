import type { Store } from './store.ts';

/** The stores of a cache, by category. */
export class Stores<Category extends string> {
  readonly #stores: ReadonlyMap<string, Store>;
  #recent: Store;

  constructor(stores: readonly Store[]) {
    const [first] = stores;
    if (first === undefined) throw new TypeError('Expected the policy of at least one category but got none');
    this.#recent = first;
    this.#stores = new Map(stores.map((store) => [store.category, store]));
  }

  /** Tries the category of the last call first, because the fields of a list use one category. */
  of(category: string): Store {
    if (this.#recent.category === category) return this.#recent;
    const store = this.#stores.get(category);
    if (store !== undefined) {
      this.#recent = store;
      return store;
    }
    throw new TypeError(`Expected one of the categories ${[...this.#stores.keys()].join(', ')} but got "${category}"`);
  }

  /** All stores, or those of the given categories. */
  only<Only extends Category>(categories?: readonly Only[]): ReadonlyMap<Only, Store> {
    if (categories === undefined) return this.#stores as ReadonlyMap<Only, Store>;
    return new Map(categories.map((category) => [category, this.of(category)]));
  }
}
