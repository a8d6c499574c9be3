import { createReadStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, type Pack, pack } from 'tar-stream';
import type { DiskMediaStore } from '../domains/media/disk-store.ts';
import type { StoredFile } from '../domains/media/store.ts';

/** The description of a backup, in its first file. */
export interface Manifest {
  readonly format: 1;
  readonly createdAt: string;
  /** The major version of PostgreSQL to which the data files belong. */
  readonly postgresMajor: number;
}

export interface BackupSource {
  /** A tar archive of the database's files at one moment. */
  dump(): Promise<Uint8Array>;
  readonly media: DiskMediaStore;
  readonly postgresMajor: number;
}

const manifestFile = 'magpie.json';
export const databaseFile = 'database.tar';
export const mediaFolder = 'media/';

/**
 * Writes a backup: a tar archive, compressed with gzip, of the manifest, the database and the media files. The database is dumped
 * before the media are copied, and removals of media files are deferred until the end, so that each row has its file.
 */
export async function writeBackup(source: BackupSource, out: Writable): Promise<void> {
  const release = source.media.holdRemovals();
  try {
    const archive = pack();
    await Promise.all([
      pipeline(archive, createGzip(), out),
      fill(archive, source).catch((error) => fail(archive, error)),
    ]);
  } finally {
    await release();
  }
}

async function fill(archive: Pack, { dump, media, postgresMajor }: BackupSource): Promise<void> {
  const manifest: Manifest = { format: 1, createdAt: new Date().toISOString(), postgresMajor };
  archive.entry({ name: manifestFile }, `${JSON.stringify(manifest)}\n`);
  archive.entry({ name: databaseFile }, Buffer.from(await dump()));
  for (const key of await media.keys()) {
    const file = await media.open(key);
    if (file) await addFile(archive, mediaFolder + key, file);
  }
  archive.finalize();
}

async function addFile(archive: Pack, name: string, { stream, size }: StoredFile): Promise<void> {
  try {
    await pipeline(stream, archive.entry({ name, size })); // throws if the archive was given up
  } finally {
    stream.destroy();
  }
}

function fail(archive: Pack, error: Error): never {
  archive.destroy(error);
  throw error;
}

/**
 * Calls `take` with each file of a backup; it must read it to its end. Rejects with an error that names `file` if it is incomplete.
 */
export async function readBackup(
  file: string,
  take: (name: string, entry: Readable) => Promise<void>,
): Promise<Manifest> {
  const files = extract();
  let manifest: Manifest | undefined;
  const takeAll = async () => {
    for await (const entry of files as AsyncIterable<Readable & { header: { name: string } }>) {
      const { name } = entry.header;
      if (manifest) await take(name, entry);
      else manifest = manifestOf(name === manifestFile ? await text(entry) : '');
    }
  };
  try {
    await Promise.all([pipeline(createReadStream(file), createGunzip(), files), takeAll()]);
    return manifestOf(manifest && JSON.stringify(manifest));
  } catch (cause) {
    throw new Error(`expected ${file} to be a whole backup, but got: ${(cause as Error).message}`, { cause });
  }
}

function manifestOf(text = ''): Manifest {
  const manifest = text === '' ? undefined : (JSON.parse(text) as Partial<Manifest>);
  if (manifest?.format !== 1 || typeof manifest.postgresMajor !== 'number')
    throw new Error(`no ${manifestFile} of format 1 at its beginning`);
  return manifest as Manifest;
}
