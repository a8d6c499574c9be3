import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createDiskMediaStore } from '../../../src/domains/media/disk-store.ts';
import { createObjectMediaStore } from '../../../src/domains/media/object-store.ts';
import { type ByteRange, type MediaStore, newStorageKey } from '../../../src/domains/media/store.ts';
import { claimMediaStore } from '../../../src/domains/media/store-identity.ts';
import { createTestDatabase } from '../../setup/databases.ts';
import { createFolder } from '../../setup/folders.ts';
import { startObjectStore } from '../../setup/object-store.ts';

async function readAll(store: MediaStore, key: string, range?: ByteRange) {
  const file = await store.open(key, range);
  return file && { size: file.size, text: await text(file.stream) };
}

const stores = [
  ['disk', async () => createDiskMediaStore(join(await createFolder(), 'made', 'when', 'needed'))],
  ['a server that speaks S3', async () => createObjectMediaStore(await startObjectStore())],
] as const;

describe.each(stores)('a media store on %s', (_name, create) => {
  it('gives back what was put, whole or in part, and nothing of what is not there', async () => {
    const store = await create();
    const key = newStorageKey();
    expect(await store.open(key)).toBeNull();
    await store.put(key, Buffer.from('0123456789'));
    expect(await readAll(store, key)).toEqual({ size: 10, text: '0123456789' });
    expect(await readAll(store, key, { start: 2, end: 4 })).toEqual({ size: 10, text: '234' });
    expect(await readAll(store, key, { start: 8, end: 20 })).toEqual({ size: 10, text: '89' });
    expect(await readAll(store, key, { start: 10, end: 20 })).toEqual({ size: 10, text: '' });
    const part = await store.open(key, { start: 0, end: 0 });
    expect(part?.size).toBe(10);
    part?.stream.destroy();
    await store.remove(key);
    expect(await store.open(key)).toBeNull();
    await store.remove(key);
  });

  it.each(['../secrets', 'short', 'a/b', '', `${'a'.repeat(30)}.draft`, `${'a'.repeat(30)}\0`])(
    'has no place for the key %j',
    async (key) => {
      const store = await create();
      await expect(async () => store.put(key, Buffer.from('x'))).rejects.toThrow('expected a storage key');
      await expect(async () => store.open(key)).rejects.toThrow('expected a storage key');
      await expect(async () => store.remove(key)).rejects.toThrow('expected a storage key');
    },
  );

  it('belongs to the database that it met first, which knows it again', async () => {
    const [{ queries }, other] = [await createTestDatabase('postgres'), await createTestDatabase('postgres')];
    const store = await create();
    await claimMediaStore(queries, store, 'this store');
    await claimMediaStore(queries, store, 'this store');
    const elsewhere = createDiskMediaStore(await createFolder());
    await expect(claimMediaStore(queries, elsewhere, 'the folder elsewhere')).rejects.toThrow(
      'expected the media of this database in the folder elsewhere, but got none: give every host',
    );
    await claimMediaStore(other.queries, elsewhere, 'the folder elsewhere');
    await expect(claimMediaStore(queries, elsewhere, 'the folder elsewhere')).rejects.toThrow(
      'but got those of another database',
    );
  });

  it('is claimed once by servers that start at the same time', async () => {
    const { queries } = await createTestDatabase('postgres');
    const store = await create();
    await Promise.all([1, 2, 3].map(() => claimMediaStore(queries, store, 'this store')));
    expect(await queries.selectFrom('mediaStores').select('name').execute()).toHaveLength(1);
    await claimMediaStore(queries, store, 'this store');
  });
});

describe('a media store on disk', () => {
  it('shows a file only once it is whole', async () => {
    const store = createDiskMediaStore(await createFolder());
    const key = newStorageKey();
    const bytes = Buffer.alloc(16 * 1024 * 1024, 7);
    let isDone = false;
    const putting = store.put(key, bytes).then(() => {
      isDone = true;
    });
    const sizes = new Set<number | undefined>();
    while (!isDone) {
      const file = await store.open(key);
      sizes.add(file?.size);
      file?.stream.destroy();
    }
    await putting;
    expect([...sizes].filter((size) => size !== undefined && size !== bytes.length)).toEqual([]);
  });

  it('leaves nothing behind when it could not write', async () => {
    const folder = await createFolder();
    const store = createDiskMediaStore(folder);
    await expect(store.put(newStorageKey(), {} as Uint8Array)).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a bucket', () => {
  it('that is not there, or may not be used, or does not answer, is named', async () => {
    const server = await startObjectStore();
    await createObjectMediaStore(server).check();
    await expect(createObjectMediaStore({ ...server, bucket: 'other' }).check()).rejects.toThrow(
      'MEDIA_S3_BUCKET: expected the bucket other, but got HTTP 404: it does not exist',
    );
    const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'wrong' };
    await expect(createObjectMediaStore({ ...server, credentials }).check()).rejects.toThrow(
      'but got HTTP 403: these credentials may not use it',
    );
    const nobody = createObjectMediaStore({ ...server, endpoint: 'http://127.0.0.1:1' });
    await expect(nobody.check()).rejects.toThrow(/expected the bucket magpie-media, but got .*127\.0\.0\.1:1/);
  });
});

describe('a storage key', () => {
  it('is one that nobody guesses', () => {
    const keys = new Set(Array.from({ length: 1_000 }, newStorageKey));
    expect(keys.size).toBe(1_000);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{48}$/);
  });
});
