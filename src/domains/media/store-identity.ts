import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Queries } from '../../database/database.ts';
import type { MediaStore } from './store.ts';

/** The key under which a media store keeps its own name; no asset has this key. */
const identityKey = 'identity-of-this-media-store';

/**
 * Checks that the media store belongs to the database, so that two hosts with different folders do not each serve half of the
 * media. The first start writes the same name into both, into the store before the commit: after a crash in between, the next start
 * uses the name in the store. Throws if the store has another name, or none.
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
      `expected the media of this database in ${place}, but got ${found ? 'those of another database' : 'none'}: ` +
        'give every host the same folder or bucket (MEDIA_S3_BUCKET), and copy all its files when it moves',
    );
  });
}

async function nameIn(media: MediaStore): Promise<string | undefined> {
  const file = await media.open(identityKey);
  return file ? (await buffer(file.stream)).toString() : undefined;
}
