import { TAG_RECORD, textBytes } from './bytes.ts';

/** A tag record: a name that entries depend on. The ledger interns records, so that all holders of a tag share one object. */
export interface Tag {
  readonly name: string;
  /** The logical clock at its last invalidation; infinite once the record is dropped. */
  stamp: number;
  /** Cause of the last invalidation: the name of a mutation, if known. */
  cause: string | undefined;
  /** Number of entries, flights and attachments that hold it. */
  holders: number;
}

/** A result that was read at `stamp` and depends on `tags`. */
export interface Dependent {
  readonly stamp: number;
  readonly tags: readonly Tag[];
  /** The ledger's version when this was last found valid. While the version is the same, the tags need not be compared. */
  checkedVersion: number;
}

function bytesOf(name: string): number {
  return TAG_RECORD + textBytes(name);
}

const DROPPED = Number.POSITIVE_INFINITY;

/**
 * The logical clock and the tag records. One rule: *a result read at a stamp is valid if and only if none of its tags was
 * invalidated since.*
 *
 * The number of records is bounded. A name without a record counts as invalidated at the *floor*, which rises to the stamp of every
 * dropped record. A result that holds a dropped record is invalid: the next invalidation of that name creates another record, and
 * would not reach it.
 */
export class Ledger {
  readonly #maxTags: number;
  readonly #maxBytes: number;
  readonly #tags = new Map<string, Tag>(); // by time of creation or last invalidation, oldest first
  readonly #idle = new Set<Tag>(); // the records without holders, needed for their stamp only
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

  /** Advances whenever a dependent may have become invalid. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#tags.size;
  }

  /** Size of the records, names included. */
  get bytes(): number {
    return this.#bytes;
  }

  isValid(dependent: Dependent): boolean {
    if (dependent.checkedVersion === this.#version) return true;
    if (this.firstInvalidatedAfter(dependent.tags, dependent.stamp) !== undefined) return false;
    dependent.checkedVersion = this.#version;
    return true;
  }

  /** Returns the first of the tags that was invalidated after `stamp`. */
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

  /** Returns the record of a name and counts one more holder. The caller must `release` it. */
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

  /** Holds the named tags and the tags of the entries, each once. The entries must hold theirs. */
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

  /** Counts one more holder of a record that has a holder or is new. */
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

  /** Creates a record. The caller must add it to `#tags`. */
  #newTag(name: string, stamp: number): Tag {
    this.#bytes += bytesOf(name);
    return { name, stamp, cause: undefined, holders: 0 };
  }

  /** Replaces all records by the floor. Safe only when no record has a holder. */
  #dropAllRecords(): void {
    this.#floor = this.#stamp;
    for (const tag of this.#tags.values()) tag.stamp = DROPPED;
    this.#tags.clear();
    this.#idle.clear();
    this.#bytes = 0;
  }

  #makeRoom(): void {
    if (this.#hasRoom(1)) return;
    const share = 63 / 64; // frees more than needed, so that the next tags do not scan again
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
