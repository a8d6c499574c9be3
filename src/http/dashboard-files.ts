import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface DashboardFile {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  /** Weak, as the file and its compressed form share it. */
  readonly etag: string;
  readonly type: string;
}

const page = 'index.html';
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Reads what `npm run dashboard` wrote, by path; the page is at `/dashboard`. Undefined if it was not run. Files of other types
 * than the page has are left out.
 */
export async function readDashboard(folder: string): Promise<ReadonlyMap<string, DashboardFile> | undefined> {
  const names = (await readdir(folder).catch((): string[] => [])).filter((name) => types[extname(name)] !== undefined);
  if (!names.includes(page)) return undefined;
  const files = await Promise.all(
    names.map(async (name) => {
      const content = await readFile(join(folder, name));
      const etag = `W/"${createHash('sha256').update(content).digest('base64url')}"`;
      const file = { content, gzipped: await promisify(gzip)(content), etag, type: types[extname(name)]! };
      return [name === page ? '/dashboard' : `/dashboard/${name}`, file] as const;
    }),
  );
  return new Map(files);
}
