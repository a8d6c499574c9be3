import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Queries } from './database/database.ts';
import { type DemoToken, seedDemo } from './domains/demo/seed.ts';
import type { MediaStore } from './domains/media/store.ts';
import { namingVariable } from './error-message.ts';

export type { DemoToken };

export interface DemoOptions {
  queries: Queries;
  media: MediaStore;
  dataDir: string;
  seed: number;
  progress?: (message: string) => void;
}

export const demoTokensFile = 'demo-tokens.json';

/**
 * Seeds the demo into a database without workspaces, and resolves with the tokens of its members. They are stored in a file that
 * only its owner can read. The file is written before the commit: a crash in between leaves a file that the next start replaces,
 * but never a demo without its tokens.
 */
export async function openDemo({ queries, media, dataDir, ...options }: DemoOptions): Promise<readonly DemoToken[]> {
  const file = join(dataDir, demoTokensFile);
  const inDataDir = <T>(attempt: Promise<T>) => namingVariable({ variable: 'DATA_DIR', value: dataDir }, attempt);
  const isEmpty = (await queries.selectFrom('workspaces').select('id').limit(1).executeTakeFirst()) === undefined;
  if (!isEmpty) return await inDataDir(readTokens(file));
  return await seedDemo(queries, {
    ...options,
    now: new Date(),
    media: { put: (key, bytes) => inDataDir(media.put(key, bytes)) },
    beforeCommit: (tokens) => inDataDir(writeTokens(file, tokens)),
  });
}

/** Reads the tokens; empty when the file does not exist: members can still sign in with their passwords. */
async function readTokens(file: string): Promise<readonly DemoToken[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '[]';
  });
  try {
    return JSON.parse(text) as DemoToken[];
  } catch {
    throw new Error(
      `${file}: expected the list of demo tokens as JSON, but got something else; remove it to start without them`,
    );
  }
}

async function writeTokens(file: string, tokens: readonly DemoToken[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.draft`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.chmod(0o600); // a draft of an interrupted start may have another mode
    await handle.writeFile(`${JSON.stringify(tokens, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
