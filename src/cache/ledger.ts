/** Something that entries depend on. Interned by the ledger, so that two entries with one tag share one object. */
export interface Tag {
  readonly name: string;
  /** The logical time of its last invalidation; of a tag that the ledger forgot, beyond all others. */
  stamp: number;
  /** What invalidated it last: the name of a mutation, if it was told. */
  cause: string | undefined;
  /** How many entries, flights and attachments hold it. */
  holders: number;
}

/** What was read at `stamp` and depends on `tags`. */
export interface Dependent {
  readonly stamp: number;
  readonly tags: readonly Tag[];
  /** The ledger's version at which it was last found valid: while that has not moved, one comparison is proof enough. */
  checkedAt: number;
}

const FORGOTTEN = Number.POSITIVE_INFINITY;

/**
 * The logical clock and the tags. One rule: *what was read at a stamp is valid if and only if none of its tags was invalidated
 * since.*
 *
 * Tag records are bounded. A name without a record counts as invalidated at the *floor*, which rises to the stamp of every
 * record that is dropped. A dropped `Tag` object is forgotten for good: what still refers to it is invalid from then on,
 * because it would not learn of the next invalidation of that name, which makes a new record.
 */
export class Ledger {
  readonly #maxTags: number;
  readonly #tags = new Map<string, Tag>(); // the longest unmoved first
  readonly #idle = new Set<Tag>(); // of them, those that nobody holds, remembered for their stamp alone
  #stamp = 0;
  #version = 0;
  #floor = 0;
  #holds = 0;

  constructor(maxTags: number) {
    this.#maxTags = maxTags;
  }

  get stamp(): number {
    return this.#stamp;
  }

  /** Moves whenever something may have become invalid. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#tags.size;
  }

  isValid(dependent: Dependent): boolean {
    if (dependent.checkedAt === this.#version) return true;
    if (this.firstMoved(dependent.tags, dependent.stamp) !== undefined) return false;
    dependent.checkedAt = this.#version;
    return true;
  }

  /** The first of the tags that was invalidated after `stamp`. */
  firstMoved(tags: Iterable<Tag>, stamp: number): Tag | undefined {
    for (const tag of tags) if (tag.stamp > stamp) return tag;
    return undefined;
  }

  invalidate(names: readonly string[], cause: string | undefined): void {
    this.#stamp++;
    this.#version++;
    for (const name of names) {
      const tag = this.#tags.get(name) ?? { name, stamp: 0, cause: undefined, holders: 0 };
      tag.stamp = this.#stamp;
      tag.cause = cause;
      this.#tags.delete(name);
      this.#tags.set(name, tag);
      if (tag.holders === 0) this.#idle.add(tag);
    }
    this.#makeRoom();
    if (this.#holds === 0) this.#forgetAll();
  }

  /** Each hold is to be released. */
  hold(name: string): Tag {
    let tag = this.#tags.get(name);
    if (tag === undefined) {
      tag = { name, stamp: this.#floor, cause: undefined, holders: 0 };
      this.#tags.set(name, tag);
    }
    this.retain(tag);
    this.#makeRoom();
    return tag;
  }

  /** One more hold on a tag that is held. */
  retain(tag: Tag): void {
    if (tag.holders++ === 0) this.#idle.delete(tag);
    this.#holds++;
  }

  release(tags: Iterable<Tag>): void {
    for (const tag of tags) {
      tag.holders--;
      this.#holds--;
      if (tag.holders > 0 || tag.stamp === FORGOTTEN) continue;
      if (tag.stamp > this.#floor) this.#idle.add(tag);
      else this.#forget(tag);
    }
    if (this.#holds === 0) this.#forgetAll();
  }

  /** Nothing refers to any tag, so that the floor can say what the records say. */
  #forgetAll(): void {
    this.#floor = this.#stamp;
    for (const tag of this.#tags.values()) tag.stamp = FORGOTTEN;
    this.#tags.clear();
    this.#idle.clear();
  }

  #makeRoom(): void {
    if (this.#tags.size <= this.#maxTags) return;
    const roomy = this.#maxTags - (this.#maxTags >> 6); // more than needed, so that the walk is not repeated for each
    for (const tag of this.#idle) {
      if (this.#tags.size <= roomy) return;
      this.#forget(tag);
    }
    for (const tag of this.#tags.values()) {
      if (this.#tags.size <= roomy) return;
      this.#version++; // entries hold it, and must look again
      this.#forget(tag);
    }
  }

  #forget(tag: Tag): void {
    this.#idle.delete(tag);
    if (this.#tags.get(tag.name) !== tag) return;
    this.#tags.delete(tag.name);
    if (tag.stamp > this.#floor) this.#floor = tag.stamp;
    tag.stamp = FORGOTTEN;
  }
}
