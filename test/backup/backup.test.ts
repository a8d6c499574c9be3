import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readBackup, writeBackup } from '../../src/backup/archive.ts';
import { backUp } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import { openDatabase } from '../../src/database/database.ts';
import { createDiskMediaStore } from '../../src/domains/media/disk-store.ts';
import { newStorageKey } from '../../src/domains/media/store.ts';
import { files } from '../domains/files.ts';
import { createDataDir } from '../setup/databases.ts';
import { createFolder } from '../setup/folders.ts';
import { type Program, startProgram } from '../setup/program.ts';
import { createOwner } from '../workers/host.ts';

function start(environment: Record<string, string>, ...command: string[]): Program {
  const program = startProgram(environment, command);
  onTestFinished(() => void program.child.kill('SIGKILL'));
  return program;
}

async function run(DATA_DIR: string, ...command: string[]) {
  const { said, ended } = start({ DATA_DIR }, ...command);
  return { code: await ended, ...said };
}

async function serve(DATA_DIR: string) {
  const { prints, child, ended } = start({ DATA_DIR, DEMO: 'off' });
  const [, url = ''] = await prints(/listens on (http:\S+)/);
  const stop = async () => {
    child.kill('SIGTERM');
    return await ended;
  };
  return { url, stop };
}

async function ask(url: string, token: string, query: string) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()).data;
}

const everything = '{ templates(first: 50) { nodes { title } } media(first: 3) { totalCount nodes { id url } } }';
const write = 'mutation { createTemplate(input: { title: "Kept", body: "x" }) { userErrors { message } } }';

async function upload(url: string, token: string, file: Uint8Array<ArrayBuffer>) {
  const query = 'mutation ($file: Upload!) { uploadMedia(input: { file: $file }) { userErrors { message } } }';
  const body = new FormData();
  body.set('operations', JSON.stringify({ query, variables: { file: null } }));
  body.set('map', JSON.stringify({ 0: ['variables.file'] }));
  body.set('0', new Blob([file]), 'a.png');
  const headers = { authorization: `Bearer ${token}`, 'x-requested-with': 'test' };
  return (await (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json()).data;
}

/** What a member sees, and the bytes of a picture. */
async function stateOf(url: string, token: string) {
  const seen = await ask(url, token, everything);
  const picture = await fetch(url + seen.media.nodes[0].url);
  return { seen, picture: Buffer.from(await picture.arrayBuffer()).toString('base64') };
}

describe('a backup', { timeout: 240_000 }, () => {
  it('is written while the server runs or after it, and becomes a server with the same data elsewhere', async () => {
    const [other, folder] = await Promise.all([1, 2].map(createFolder));
    const dataDir = await createDataDir();
    const database = await openDatabase({ dataDir });
    const token = await createOwner(database.queries).finally(database.close);
    const server = await serve(dataDir);
    expect(await upload(server.url, token, files.png)).toEqual({ uploadMedia: { userErrors: [] } });
    expect(await ask(server.url, token, write)).toEqual({ createTemplate: { userErrors: [] } });
    const state = await stateOf(server.url, token);
    expect(state.seen.templates.nodes).toContainEqual({ title: 'Kept' });
    const file = join(folder!, 'live.tar.gz');
    expect(await run(dataDir, 'backup', file)).toMatchObject({ code: 0, out: `magpie: wrote ${file}\n`, err: '' });
    expect(await server.stop()).toBe(0);

    const later = join(folder!, 'later.tar.gz');
    expect(await backUp(later, dataDir)).toBe(later);
    expect((await readdir(folder!)).sort()).toEqual(['later.tar.gz', 'live.tar.gz']);

    const restored = await run(other!, 'restore', file);
    expect(restored).toMatchObject({ code: 0, err: '' });
    expect(restored.out).toMatch(/^magpie: restored the database of 20\d\d-.* and 2 media files to /);
    const again = await serve(other!);
    expect(await stateOf(again.url, token)).toEqual(state);
    expect(await again.stop()).toBe(0);
    expect(await namesIn(later)).toEqual(await namesIn(file));
    await expect(restore(file, other!)).rejects.toThrow(/^expected DATA_DIR .* without a database folder, but got one/);
  });

  it('that is cut short, or is none, is refused and changes nothing', async () => {
    const [dataDir, folder] = await Promise.all([1, 2].map(createFolder));
    const media = createDiskMediaStore(join(folder!, 'media'));
    await media.put(newStorageKey(), randomBytes(100_000));
    const file = join(folder!, 'backup.tar.gz');
    const dump = async () => randomBytes(100_000);
    await writeBackup({ dump, media, postgresMajor: 18 }, createWriteStream(file));
    await truncate(file, (await readFile(file)).byteLength - 50_000);
    const other = join(folder!, 'other.tar.gz');
    await writeFile(other, 'hello');
    for (const from of [file, other, join(folder!, 'missing.tar.gz')])
      await expect(restore(from, dataDir!)).rejects.toThrow(`expected ${from} to be a whole backup, but got: `);
    expect(await readdir(dataDir!)).toEqual([]);
  });

  it('of another major version of PostgreSQL is refused and changes nothing', async () => {
    const [dataDir, folder] = await Promise.all([1, 2].map(createFolder));
    const file = join(folder!, 'backup.tar.gz');
    const media = createDiskMediaStore(join(folder!, 'media'));
    await writeBackup({ dump: async () => randomBytes(10), media, postgresMajor: 17 }, createWriteStream(file));
    await expect(restore(file, dataDir!)).rejects.toThrow('but got one of PostgreSQL 17');
    expect(await readdir(dataDir!)).toEqual([]);
  });

  it('is refused where there is no database, and leaves nothing there', async () => {
    const dataDir = await createFolder();
    const file = join(dataDir, 'backup.tar.gz');
    await expect(backUp(file, dataDir)).rejects.toThrow(`expected a database in DATA_DIR ${dataDir}, but got none`);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it.each([
    [['backup'], {}, 'expected no arguments, `backup FILE` or `restore FILE`'],
    [['back-up', 'x.tar.gz'], {}, 'expected no arguments, `backup FILE` or `restore FILE`'],
    [['backup', 'x.tar.gz'], { DATABASE_URL: 'postgres://127.0.0.1/magpie' }, 'use pg_dump and pg_restore'],
  ])('is refused by the command %j with %j', async (command, environment, message) => {
    const { said, ended } = start({ DATA_DIR: await createFolder(), ...environment }, ...command);
    expect(await ended).toBe(1);
    expect(said.err).toContain(message);
  });
});

async function namesIn(file: string): Promise<string[]> {
  const names: string[] = [];
  await readBackup(file, async (name, entry) => {
    names.push(name);
    await buffer(entry);
  });
  return names.sort();
}
