import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { UnavailableError } from '../../database/errors.ts';

/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredFile {
  /** The bytes asked for. It must be read to its end or destroyed, for it holds a file or a connection open. */
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
  /** Does nothing when there is no such file. That of a resolver's context does not reject: the log is told. */
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

/** 192 random bits, in hex so that folders which ignore case keep keys apart. */
export function newStorageKey(): string {
  return randomBytes(24).toString('hex');
}
