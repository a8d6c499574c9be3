import { describe, expect, it } from 'vitest';
import { createDiskMediaStore } from '../src/domains/media/disk-store.ts';
import { withToldRemovals } from '../src/media.ts';
import { createFolder } from './setup/folders.ts';

describe('a media file that cannot be removed', () => {
  it('is told to the log, and to nobody else', async () => {
    const lines: object[] = [];
    const store = withToldRemovals(createDiskMediaStore(await createFolder()), {
      error: (details, message) => lines.push({ ...details, message }),
    });
    await store.remove('x'.repeat(22)); // which is not there
    expect(lines).toEqual([]);
    await store.remove('no storage key');
    expect(lines).toMatchObject([
      {
        key: 'no storage key',
        err: { message: 'expected a storage key, but got "no storage key"' },
        message: 'a media file that nothing refers to could not be removed',
      },
    ]);
  });
});
