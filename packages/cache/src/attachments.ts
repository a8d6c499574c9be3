import { ATTACHMENT, REFERENCE, textBytes } from './bytes.ts';
import type { MonotonicTime } from './clock.ts';
import { type Attachment, type Entry, releaseAttachment } from './entry.ts';
import { checkTag, maxTagLength, maxTags } from './keys-and-tags.ts';
import type { Ledger } from './ledger.ts';
import { checkCount, checkMoment } from './policy.ts';
import type { Store } from './store.ts';

/** Attachments that one entry holds at most. */
const MAX_ATTACHMENTS = 16;

/** The parameters of `attach`. */
export interface NewAttachment {
  /** Size of the value; the attachment's own bytes are added. */
  readonly bytes: number;
  /** `cache.stamp`, read before the value was computed. */
  readonly stamp: number;
  readonly tags: readonly string[];
  /** Further entries that the value was derived from. Their tags are added to the attachment's. */
  readonly entries?: readonly Entry[];
  readonly validUntil?: number;
  readonly value: unknown;
}

/** The address of an attachment: store, entry and id. */
interface AttachmentSlot {
  readonly store: Store;
  readonly entry: Entry;
  readonly id: string;
}

/** Adds, finds and removes the attachments of entries; see `Attachment`. */
export class Attachments {
  readonly #ledger: Ledger;
  readonly #time: MonotonicTime;

  constructor(ledger: Ledger, time: MonotonicTime) {
    this.#ledger = ledger;
    this.#time = time;
  }

  /** Returns undefined if the attachment is not kept: it is invalid or too large, or its entry is invalid or detached. */
  attach(attachmentSlot: AttachmentSlot, added: NewAttachment): Attachment | undefined {
    const { entry, id } = attachmentSlot;
    const { bytes, stamp, value, validUntil = Number.POSITIVE_INFINITY } = added;
    if (added.tags.some((tag) => tag.length > maxTagLength)) return undefined;
    added.tags.forEach(checkTag);
    checkCount('bytes', bytes);
    checkCount('stamp', stamp, this.#ledger.stamp);
    checkMoment('validUntil', validUntil);
    if (!entry.isKept || !this.#ledger.isValid(entry)) return undefined;
    const tags = this.#ledger.holdAll(added);
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

  /** Returns the attachment if it and its entry are valid and `validUntil` has not passed. The caller got the entry from `peek`. */
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

  /** Returns whether `peek` and `find` would return this attachment again. If so, counts a use. */
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
   * Removes the least used attachments of the entry, oldest first on ties, until the new one fits. The new one starts with the use
   * count of the last victim; otherwise it would always be the next victim.
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
