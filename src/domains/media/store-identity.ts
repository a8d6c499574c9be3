import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Queries } from '../../database/database.ts';
import type { MediaStore } from './store.ts';

/** Where a media store keeps its own name; no asset has this key. */
const identityKey = 'identity-of-this-media-store';

/**
 * Makes sure that this is the store into which the rows of the database point, so that two hosts with a folder each never serve
 * half of each other's media. Database and store note the same name when they first meet, the store before the commit: a crash in
 * between leaves a name that the next start takes over. Throws if the store has another name, or none.
 */
export async function claimMediaStore(queries: Queries, media: MediaStore, place: string): Promise<void> {
  await queries.transaction().execute(async (transaction) => {
    const inStore = await nameIn(media);
    // A server that starts at the same time waits here.
    const claimed = await transaction
      .insertInto('mediaStores')
      .values({ name: inStore ?? randomUUID() })
      .onConflict((conflict) => conflict.doNothing())
      .returning('name')
      .executeTakeFirst();
    if (claimed) {
      if (inStore === undefined) await media.put(identityKey, Buffer.from(claimed.name));
      return;
    }
    const known = await transaction.selectFrom('mediaStores').select('name').executeTakeFirstOrThrow();
    const found = await nameIn(media);
    if (found === known.name) return;
    throw new Error(
      `expected ${place} to be where the media of this database are, but got ${found ? 'the media of another one' : 'a new place'}: ` +
        'give every host the same folder or bucket (MEDIA_S3_BUCKET), and copy all its files when it moves',
    );
  });
}

async function nameIn(media: MediaStore): Promise<string | undefined> {
  const file = await media.open(identityKey);
  return file ? (await buffer(file.stream)).toString() : undefined;
}
