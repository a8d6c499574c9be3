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

/** Where the bytes of media are. A key is written once and then only read or removed. */
export interface MediaStore {
  /** Resolves when the bytes are safe; before that nobody can open the key. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Null when there is no such file. A range beyond the file reads nothing. */
  open(key: string, range?: ByteRange): Promise<StoredFile | null>;
  /** Does nothing when there is no such file. That of a resolver's context does not reject: the log is told. */
  remove(key: string): Promise<void>;
}

/** The disk or server that keeps the files failed: the same may succeed later. */
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
