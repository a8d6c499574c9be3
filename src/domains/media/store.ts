import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { UnavailableError } from '../../unavailable-error.ts';

/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredFile {
  /** The bytes of the range. Must be read to the end or destroyed, as it holds a file or a connection open. */
  readonly stream: Readable;
  /** Size of the whole file in bytes. */
  readonly size: number;
}

/** A store for the bytes of media. A key is written once and then only read or removed. */
export interface MediaStore {
  /** Stores bytes. Resolves when they are durable; before that the key cannot be opened. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Null when there is no such file. A range beyond the file reads nothing. */
  open(key: string, range?: ByteRange): Promise<StoredFile | null>;
  /** Does nothing when there is no such file. In a resolver's context it does not reject: a failure is logged. */
  remove(key: string): Promise<void>;
}

/** The disk or server of the store failed; the same call may succeed later. */
export class MediaStoreError extends UnavailableError {
  readonly store = 'media';
}

const keyShape = /^[\w-]{22,128}$/;

export function isStorageKey(text: string): boolean {
  return keyShape.test(text);
}

/** Throws for anything but a storage key, so that no key leads out of the store. */
export function assertStorageKey(key: string): void {
  if (!isStorageKey(key)) throw new TypeError(`expected a storage key, but got ${JSON.stringify(key.slice(0, 80))}`);
}

/** 192 random bits. In hex, as some file systems ignore case. */
export function newStorageKey(): string {
  return randomBytes(24).toString('hex');
}
