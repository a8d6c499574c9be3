import { readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ifAbsent, makeFolder } from './file-errors.ts';
import { pgliteMajor } from './pglite.ts';

export interface EmbeddedFiles {
  /** The folder of the data files. */
  readonly folder: string;
  readonly isNew: boolean;
  /** Call it when the database is open, as the files are complete from then on. */
  opened(): Promise<void>;
}

const mebibyte = 1024 * 1024;

/**
 * Space for a first start: the files of an empty database (40 MB) and of the demo (10 MB), and the WAL until the first checkpoint.
 */
const neededMebibytes = 128;

export async function assertDatabase(dataDir: string): Promise<void> {
  if ((await majorOf(dataDir)) === undefined)
    throw new Error(`expected a database in DATA_DIR ${dataDir}, but got none`);
}

/** Checks that the database of a data folder can be opened, or prepares a new one. The caller has locked the folder. */
export async function prepareFiles(dataDir: string): Promise<EmbeddedFiles> {
  const folder = folderOf(dataDir);
  const major = await majorOf(dataDir);
  if (major !== undefined && major !== pgliteMajor) throw otherMajorError(folder, major);
  const isNew = major === undefined;
  if (isNew) {
    await assertRoom(dataDir);
    if (await isDraft(dataDir)) await rm(folder, { recursive: true, force: true });
    const [file] = await readdir(folder).catch(ifAbsent<string[]>([]));
    if (file !== undefined)
      throw new Error(`expected a database or nothing in ${folder}, but got ${file} without a PG_VERSION`);
    await writeFile(draftMark(dataDir), '');
  }
  await makeFolder(folder);
  return { folder, isNew, opened: () => rm(draftMark(dataDir), { force: true }) };
}

const folderOf = (dataDir: string) => join(dataDir, 'database');

/**
 * A file that exists from the beginning of a first start until the files are complete, so that an interrupted start is repeated.
 */
const draftMark = (dataDir: string) => join(dataDir, 'database.draft');

async function assertRoom(dataDir: string): Promise<void> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = Math.floor((bavail * bsize) / mebibyte);
  if (free < neededMebibytes)
    throw new Error(
      `expected at least ${neededMebibytes} MB of free space for a new database in DATA_DIR ${dataDir}, but got ${free} MB`,
    );
}

function isDraft(dataDir: string): Promise<boolean> {
  return stat(draftMark(dataDir)).then(() => true, ifAbsent(false));
}

/** The major version of PostgreSQL of the files; undefined when there is no database yet. */
async function majorOf(dataDir: string): Promise<number | undefined> {
  if (await isDraft(dataDir)) return undefined;
  const version = await readFile(join(folderOf(dataDir), 'PG_VERSION'), 'utf8').catch(ifAbsent(undefined));
  return version === undefined ? undefined : Number.parseInt(version, 10);
}

function otherMajorError(folder: string, major: number): Error {
  return new Error(
    `expected data files of PostgreSQL ${pgliteMajor} in ${folder}, but got those of PostgreSQL ${major}: ` +
      'start the version of Magpie that wrote them, or choose another DATA_DIR',
  );
}
