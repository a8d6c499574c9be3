import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type BackupSource, readBackup, writeBackup } from '../../src/backup/archive.ts';
import { createDiskMediaStore } from '../../src/domains/media/disk-store.ts';
import { newStorageKey } from '../../src/domains/media/store.ts';
import { createFolder } from '../setup/folders.ts';

describe('an archive', () => {
  it('has each file that was there when the database was read, also what is removed meanwhile', async () => {
    const folder = await createFolder();
    const media = createDiskMediaStore(join(folder, 'media'));
    const [kept, removed] = [newStorageKey(), newStorageKey()];
    await media.put(kept, Buffer.from('kept'));
    await media.put(removed, Buffer.from('removed'));
    const source: BackupSource = {
      media,
      postgresMajor: 18,
      async dump() {
        await media.remove(removed);
        return Buffer.from('rows');
      },
    };
    const file = join(folder, 'backup.tar.gz');
    await writeBackup(source, createWriteStream(file));
    const files = new Map<string, string>();
    const manifest = await readBackup(file, async (name, entry) => {
      files.set(name, (await buffer(entry)).toString());
    });
    expect(manifest).toMatchObject({ format: 1, postgresMajor: 18 });
    expect(files).toEqual(
      new Map([
        ['database.tar', 'rows'],
        [`media/${kept}`, 'kept'],
        [`media/${removed}`, 'removed'],
      ]),
    );
    expect(await media.keys()).toEqual([kept]);
  });

  it('fails with the reason, and lets removals go on, when the database cannot be read or nobody takes it', async () => {
    const store = createDiskMediaStore(await createFolder());
    const closed: Promise<unknown>[] = [];
    const media = {
      ...store,
      async open(key: string) {
        const file = await store.open(key);
        if (file) closed.push(new Promise((resolve) => file.stream.once('close', resolve)));
        return file;
      },
    };
    const key = newStorageKey();
    await media.put(key, Buffer.alloc(1_000_000, 1));
    const source = { media, postgresMajor: 18 };
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no space left')) });
    const dump = async () => Buffer.alloc(1_000_000);
    await expect(writeBackup({ ...source, dump }, full)).rejects.toThrow('no space left');
    const broken = async (): Promise<never> => {
      throw new Error('cannot be read');
    };
    const taken = new Writable({ write: (_chunk, _encoding, done) => done() });
    await expect(writeBackup({ ...source, dump: broken }, taken)).rejects.toThrow('cannot be read');
    await media.remove(key);
    expect(await media.keys()).toEqual([]);
    await Promise.all(closed);
    expect(closed).toHaveLength(1);
  });
});
