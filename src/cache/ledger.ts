import { TAG_RECORD, textBytes } from './bytes.ts';

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
  checkedVersion: number;
}

function bytesOf(name: string): number {
  return TAG_RECORD + textBytes(name);
}

const DROPPED = Number.POSITIVE_INFINITY;

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
  readonly #maxBytes: number;
  readonly #tags = new Map<string, Tag>(); // the longest unmoved first
  readonly #idle = new Set<Tag>(); // of them, those that nobody holds, remembered for their stamp alone
  #stamp = 0;
  #version = 0;
  #floor = 0;
  #holds = 0;
  #bytes = 0;

  constructor({ maxTags, maxTagBytes }: { maxTags: number; maxTagBytes: number }) {
    this.#maxTags = maxTags;
    this.#maxBytes = maxTagBytes;
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

  /** Of the records, their names included. */
  get bytes(): number {
    return this.#bytes;
  }

  isValid(dependent: Dependent): boolean {
    if (dependent.checkedVersion === this.#version) return true;
    if (this.firstInvalidatedAfter(dependent.tags, dependent.stamp) !== undefined) return false;
    dependent.checkedVersion = this.#version;
    return true;
  }

  /** The first of the tags that was invalidated after `stamp`. */
  firstInvalidatedAfter(tags: Iterable<Tag>, stamp: number): Tag | undefined {
    for (const tag of tags) if (tag.stamp > stamp) return tag;
    return undefined;
  }

  invalidate(names: readonly string[], cause: string | undefined): void {
    this.#stamp++;
    this.#version++;
    for (const name of names) {
      const tag = this.#tags.get(name) ?? this.#newTag(name, 0);
      tag.stamp = this.#stamp;
      tag.cause = cause;
      this.#tags.delete(name);
      this.#tags.set(name, tag);
      if (tag.holders === 0) this.#idle.add(tag);
    }
    this.#makeRoom();
    if (this.#holds === 0) this.#dropAllRecords();
  }

  /** Each hold is to be released. */
  hold(name: string): Tag {
    let tag = this.#tags.get(name);
    if (tag === undefined) {
      tag = this.#newTag(name, this.#floor);
      this.#tags.set(name, tag);
    }
    this.retain(tag);
    this.#makeRoom();
    return tag;
  }

  /** Holds on names, and on the tags of entries that hold theirs; each tag once. */
  holdAll({ tags, entries = [] }: { tags: readonly string[]; entries?: readonly Dependent[] }): Tag[] {
    const held = new Set<Tag>();
    const add = (tag: Tag) => {
      if (held.has(tag)) this.release([tag]);
      else held.add(tag);
    };
    for (const name of tags) add(this.hold(name));
    for (const entry of entries)
      for (const tag of entry.tags) {
        this.retain(tag);
        add(tag);
      }
    return [...held];
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
      if (tag.holders > 0 || tag.stamp === DROPPED) continue;
      if (tag.stamp > this.#floor) this.#idle.add(tag);
      else this.#dropRecord(tag);
    }
    if (this.#holds === 0) this.#dropAllRecords();
  }

  /** To be put among the records. */
  #newTag(name: string, stamp: number): Tag {
    this.#bytes += bytesOf(name);
    return { name, stamp, cause: undefined, holders: 0 };
  }

  /** Nothing refers to any tag, so that the floor can say what the records say. */
  #dropAllRecords(): void {
    this.#floor = this.#stamp;
    for (const tag of this.#tags.values()) tag.stamp = DROPPED;
    this.#tags.clear();
    this.#idle.clear();
    this.#bytes = 0;
  }

  #makeRoom(): void {
    if (this.#hasRoom(1)) return;
    const share = 63 / 64; // more than needed, so that the walk is not repeated for each
    for (const tag of this.#idle) {
      if (this.#hasRoom(share)) return;
      this.#dropRecord(tag);
    }
    for (const tag of this.#tags.values()) {
      if (this.#hasRoom(share)) return;
      this.#version++; // entries hold it, and must look again
      this.#dropRecord(tag);
    }
  }

  #hasRoom(share: number): boolean {
    return this.#tags.size <= share * this.#maxTags && this.#bytes <= share * this.#maxBytes;
  }

  #dropRecord(tag: Tag): void {
    this.#idle.delete(tag);
    if (this.#tags.get(tag.name) !== tag) return;
    this.#tags.delete(tag.name);
    this.#bytes -= bytesOf(tag.name);
    if (tag.stamp > this.#floor) this.#floor = tag.stamp;
    tag.stamp = DROPPED;
  }
}
