import { NetworkRefusal } from './network.ts';

const pageSize = 40;
const maxPages = 5;
/** Tolerance for the difference between the clocks of two servers. */
const skewMs = 60_000;

interface Status {
  readonly id: string;
  readonly created_at: string;
  readonly url: string | null;
  readonly uri: string;
}

/** Resolves with the JSON of the response. */
export type Get = <T extends object>(path: string) => Promise<T>;

/**
 * Looks among the newest 200 statuses of the token's account for one with this text, published since an instant; null if there is
 * none (docs.joinmastodon.org/methods/accounts#statuses and /methods/statuses#source). Compares the source text, not the HTML.
 */
export async function findStatus(
  get: Get,
  { text, since }: { text: string; since: Date },
): Promise<{ permalink: string } | null> {
  const account = await get<{ id: string }>('/api/v1/accounts/verify_credentials');
  const path = `/api/v1/accounts/${encodeURIComponent(account.id)}/statuses?limit=${pageSize}&exclude_reblogs=true`;
  let before: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const statuses = await get<Status[]>(before === undefined ? path : `${path}&max_id=${before}`);
    for (const { id, created_at, url, uri } of statuses) {
      if (Date.parse(created_at) < since.getTime() - skewMs) return null;
      const source = await get<{ text: string }>(`/api/v1/statuses/${encodeURIComponent(id)}/source`);
      if (source.text.trim() === text) return { permalink: url ?? uri };
    }
    if (statuses.length < pageSize) return null;
    before = encodeURIComponent(statuses.at(-1)!.id);
  }
  throw new NetworkRefusal('Mastodon has too many newer posts to search.');
}
