import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes what earlier runs left in a folder under such names. Another run may be using what is younger than a day. */
export async function removeOutdated(folder: string, prefix: string): Promise<void> {
  const dayMs = 24 * 60 * 60 * 1000;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(folder, name);
    const modified = await stat(path).catch(() => undefined);
    if (modified && Date.now() - modified.mtimeMs > dayMs) await rm(path, { recursive: true, force: true });
  }
}
