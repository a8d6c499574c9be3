import type { Config } from '../config.ts';
import { fail, print } from './end.ts';

/** Commands other than the server, by the first argument. */
const commands = {
  async backup(file: string, { dataDir }: Config) {
    const { backUp } = await import('../backup/backup.ts');
    return `wrote ${await backUp(file, dataDir).catch((error) => fail('back up', error))}`;
  },
  async restore(file: string, { dataDir }: Config) {
    const { restore } = await import('../backup/restore.ts');
    const { createdAt, mediaFiles } = await restore(file, dataDir).catch((error) => fail('restore', error));
    return `restored the database of ${createdAt} and ${mediaFiles} media files to ${dataDir}`;
  },
};

/** Runs a command on the embedded database and its media. */
export async function runCommand([name, file, ...more]: readonly string[], config: Config): Promise<void> {
  if ((name !== 'backup' && name !== 'restore') || file === undefined || more.length > 0)
    throw new Error('expected no arguments, `backup FILE` or `restore FILE`');
  if (config.databaseUrl !== undefined)
    throw new Error(
      `DATABASE_URL: expected the embedded database for ${name}; use pg_dump and pg_restore for a server`,
    );
  print(`magpie: ${await commands[name](file, config)}`);
}
