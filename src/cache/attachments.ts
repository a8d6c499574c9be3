import { ATTACHMENT, REFERENCE, textBytes } from './bytes.ts';
import type { MonotonicTime } from './clock.ts';
import { type Attachment, type Entry, releaseAttachment } from './entry.ts';
import { checkTag, maxTagLength, maxTags } from './keys-and-tags.ts';
import type { Ledger } from './ledger.ts';
import { checkCount, checkMoment } from './policy.ts';
import type { Store } from './store.ts';

/** Of one entry. */
const MAX_ATTACHMENTS = 16;

/** What is given to `attach`. Its stamp was read before it was made. */
export interface NewAttachment {
  /** Of the value; what the attachment itself takes is added. */
  readonly bytes: number;
  readonly stamp: number;
  readonly tags: readonly string[];
  /** Entries that it was made from beside its own: what they depend on, it depends on. */
  readonly entries?: readonly Entry[];
  readonly validUntil?: number;
  readonly value: unknown;
}

/** A place for an attachment. */
interface AttachmentSlot {
  readonly store: Store;
  readonly entry: Entry;
  readonly id: string;
}

/** What hangs on entries; see `Attachment`. */
export class Attachments {
  readonly #ledger: Ledger;
  readonly #time: MonotonicTime;

  constructor(ledger: Ledger, time: MonotonicTime) {
    this.#ledger = ledger;
    this.#time = time;
  }

  /** Undefined if it is not kept: it or its entry is not valid any more, not kept itself, or too large. */
  attach(attachmentSlot: AttachmentSlot, made: NewAttachment): Attachment | undefined {
    const { entry, id } = attachmentSlot;
    const { bytes, stamp, value, validUntil = Number.POSITIVE_INFINITY } = made;
    if (made.tags.some((tag) => tag.length > maxTagLength)) return undefined;
    made.tags.forEach(checkTag);
    checkCount('bytes', bytes);
    checkCount('stamp', stamp, this.#ledger.stamp);
    checkMoment('validUntil', validUntil);
    if (!entry.isKept || !this.#ledger.isValid(entry)) return undefined;
    const tags = this.#ledger.holdAll(made);
    const ownBytes = ATTACHMENT + textBytes(id) + REFERENCE * tags.length;
    const attachment: Attachment = {
      entry,
      bytes: ownBytes + bytes,
      stamp,
      tags,
      value,
      validUntil,
      uses: 0,
      checkedVersion: -1,
    };
    if (tags.length <= maxTags && this.#ledger.isValid(attachment) && this.#insert(attachment, attachmentSlot))
      return attachment;
    if (attachment.entry !== null) releaseAttachment(attachment, this.#ledger);
    return undefined;
  }

  /** What hangs on an entry that `peek` gave, if itself is valid and its time is not over. */
  find(attachmentSlot: AttachmentSlot, now: number): Attachment | undefined {
    const { entry, id } = attachmentSlot;
    const attachment = entry.attachments?.get(id);
    if (attachment === undefined || !this.#ledger.isValid(entry)) return undefined;
    if (now < attachment.validUntil && this.#ledger.isValid(attachment)) {
      attachment.uses++;
      return attachment;
    }
    this.#remove(attachmentSlot);
    return undefined;
  }

  /** Whether `peek` and `find` would find this one again; a use of it if so. */
  revalidate(attachment: Attachment, now: number): boolean {
    const { entry, validUntil } = attachment;
    if (entry === null) return false;
    const at = this.#time.notBefore(now);
    if (at >= entry.refreshAt || at >= validUntil) return false;
    if (!this.#ledger.isValid(entry) || !this.#ledger.isValid(attachment)) return false;
    attachment.uses++;
    return true;
  }

  /**
   * Drops those of the entry's attachments that were used least, the oldest first, to make room. A newcomer counts as used as often
   * as the last of them, so that it is not always the next to go.
   */
  #insert(attachment: Attachment, attachmentSlot: AttachmentSlot): boolean {
    const { store, entry, id } = attachmentSlot;
    entry.attachments ??= new Map();
    const { attachments } = entry;
    attachment.uses = attachments.get(id)?.uses ?? 0;
    this.#remove(attachmentSlot);
    if (bytesWithout(attachments, entry) + attachment.bytes > store.maxEntryBytes) return false;
    while (attachments.size >= MAX_ATTACHMENTS || entry.bytes + attachment.bytes > store.maxEntryBytes) {
      const [victim, { uses }] = leastUsed(attachments);
      attachment.uses = uses;
      this.#remove({ store, entry, id: victim });
    }
    attachments.set(id, attachment);
    store.resize(entry, { byBytes: attachment.bytes, now: this.#time.now() });
    return entry.isKept;
  }

  #remove({ store, entry, id }: AttachmentSlot): void {
    const attachment = entry.attachments?.get(id);
    if (attachment === undefined) return;
    entry.attachments!.delete(id);
    store.resize(entry, { byBytes: -attachment.bytes, now: this.#time.now() });
    releaseAttachment(attachment, this.#ledger);
  }
}

function bytesWithout(attachments: ReadonlyMap<string, Attachment>, entry: Entry): number {
  let { bytes } = entry;
  for (const attachment of attachments.values()) bytes -= attachment.bytes;
  return bytes;
}

function leastUsed(attachments: ReadonlyMap<string, Attachment>): [string, Attachment] {
  let least: [string, Attachment] | undefined;
  for (const one of attachments) if (least === undefined || one[1].uses < least[1].uses) least = one;
  return least!;
}
