import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { disposeInTime } from './disposal.ts';

/** An empty folder that goes with the test; made in `beforeAll`, with the file. */
export async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-test-'));
  disposeInTime(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
