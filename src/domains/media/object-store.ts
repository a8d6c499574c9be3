import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { assertStorageKey, type ByteRange, type MediaStore, type StoredFile } from './store.ts';

export interface ObjectStoreOptions {
  readonly bucket: string;
  readonly region: string;
  /** A server with the S3 protocol; Amazon's server of the region when absent. */
  readonly endpoint?: string | undefined;
  /** When absent, those of AWS's default chain: environment, files, the role of the machine. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

export interface ObjectMediaStore extends MediaStore {
  /** Rejects, with a message for the operator, unless the bucket can be read. */
  check(): Promise<void>;
}

/** In milliseconds. A call that takes longer fails; the client library makes three attempts. */
const timeLimits = { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true };

/** Keeps each file as an object under its key, in a bucket that several hosts share. */
export function createObjectMediaStore(options: ObjectStoreOptions): ObjectMediaStore {
  const { bucket: Bucket, region, endpoint, credentials } = options;
  const client = new S3Client({
    region,
    ...(endpoint && { endpoint, forcePathStyle: true }), // few other servers have a host name for each bucket
    ...(credentials && { credentials }),
    requestHandler: timeLimits,
    requestChecksumCalculation: 'WHEN_REQUIRED', // some other servers do not support the newer checksums
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return {
    async put(Key, bytes) {
      assertStorageKey(Key);
      await client.send(new PutObjectCommand({ Bucket, Key, Body: bytes, ContentLength: bytes.byteLength }));
    },
    async open(Key, range) {
      assertStorageKey(Key);
      try {
        return await read(client, { Bucket, Key }, range);
      } catch (error) {
        if (hasStatus(error, 404)) return null;
        if (!hasStatus(error, 416)) throw error;
        const { ContentLength = 0 } = await client.send(new HeadObjectCommand({ Bucket, Key }));
        return { stream: Readable.from([]), size: ContentLength };
      }
    },
    async remove(Key) {
      assertStorageKey(Key);
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
    async check() {
      try {
        await client.send(new GetObjectCommand({ Bucket, Key: 'nothing-has-this-key' }));
      } catch (error) {
        if (hasStatus(error, 404) && !isNamed(error, 'NoSuchBucket')) return; // the bucket is there, the object is not
        throw new Error(`MEDIA_S3_BUCKET: expected the bucket ${Bucket}, but got ${reasonOf(error)}`, { cause: error });
      }
    },
  };
}

interface Address {
  readonly Bucket: string;
  readonly Key: string;
}

async function read(client: S3Client, address: Address, range?: ByteRange): Promise<StoredFile> {
  const Range = range && `bytes=${range.start}-${range.end}`;
  const { Body, ContentLength = 0, ContentRange } = await client.send(new GetObjectCommand({ ...address, Range }));
  const size = ContentRange ? Number(ContentRange.slice(ContentRange.lastIndexOf('/') + 1)) : ContentLength;
  return { stream: Body as Readable, size };
}

function hasStatus(error: unknown, status: number): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function reasonOf(error: unknown): string {
  if (hasStatus(error, 404)) return 'HTTP 404: it does not exist';
  if (hasStatus(error, 403)) return 'HTTP 403: these credentials may not use it';
  return error instanceof Error && error.message ? error.message : String(error);
}
