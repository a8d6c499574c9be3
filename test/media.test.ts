import { describe, expect, it } from 'vitest';
import { createDiskMediaStore } from '../src/domains/media/disk-store.ts';
import { outageOf } from '../src/graphql/outage.ts';
import { withFailureLog } from '../src/media.ts';
import { createFolder } from './setup/folders.ts';

describe('a media file that cannot be removed', () => {
  it('is told to the log, and to nobody else', async () => {
    const lines: object[] = [];
    const store = withFailureLog(createDiskMediaStore(await createFolder()), {
      error: (details, message) => lines.push({ ...details, message }),
    });
    await store.remove('x'.repeat(22)); // which is not there
    expect(lines).toEqual([]);
    await store.remove('no storage key');
    expect(lines).toMatchObject([
      {
        key: 'no storage key',
        err: { message: 'expected a storage key, but got "no storage key"' },
        message: 'an unreferenced media file could not be removed',
      },
    ]);
  });
});

describe('a store of media that fails', () => {
  it.each<['put' | 'open', string]>([
    ['put', 'a media file could not be stored'],
    ['open', 'a media file could not be opened'],
  ])('is unavailable to clients; the log has the cause: %s', async (step, message) => {
    const lines: object[] = [];
    const full = async () => {
      throw new Error('ENOSPC: no space left on /srv/secret');
    };
    const store = withFailureLog(
      { put: full, open: full, remove: full },
      { error: (details, text) => lines.push({ ...details, text }) },
    );
    const outcome = await store[step]('x'.repeat(22), Buffer.of(1) as never).catch((error: unknown) => error);
    expect(outageOf(outcome)).toMatchObject({ code: 'UNAVAILABLE', status: 503 });
    expect(lines).toMatchObject([
      { key: 'x'.repeat(22), err: { message: expect.stringContaining('ENOSPC') }, text: message },
    ]);
  });
});
