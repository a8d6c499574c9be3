import type { Policy } from '@magpie/cache';
import type { EntryCache } from '@magpie/cache/entries';
import { namespaced } from '@magpie/graphql-cache/parts';
import { type FoundViewer, hashToken } from '../domains/viewer/credentials.ts';
import type { CacheCategory } from '../generated/schema.ts';

/** The categories of the engine's cache: those of the schema's fields, and that of principals. */
export type EngineCategory = CacheCategory | 'PRINCIPALS';
export type EngineCache = EntryCache<EngineCategory>;

/**
 * Tags invalidate at once what this server writes. Writes made directly in the database take effect within five seconds, the sum of
 * the first two members. A request in about the second half of them starts a refresh in the background, and does not wait.
 */
export const principalPolicy: Policy = {
  ttlMs: 2_500,
  staleMs: 2_500,
  staleIfErrorMs: 0,
  nullTtlMs: 1_000,
  maxEntries: 10_000,
  maxBytes: 8 * 1024 * 1024,
  eviction: 'lru',
};

const longestTokenChars = 100;

/** The viewers of tokens, cached: a revocation, a role change or a new time zone takes effect with the next request. */
export class Principals {
  readonly #cache: EntryCache<'PRINCIPALS'>;
  readonly #hashes = new Map<string, string>();
  readonly #find: (token: string) => Promise<FoundViewer | null>;
  readonly #wallNow: () => Date;

  constructor(options: {
    cache: EntryCache<'PRINCIPALS'>;
    find: (token: string) => Promise<FoundViewer | null>;
    wallNow: () => Date;
  }) {
    this.#cache = options.cache;
    this.#find = options.find;
    this.#wallNow = options.wallNow;
  }

  /** Returns the viewer of a token; null if the token is unknown, expired or revoked. Synchronous on a hit. */
  authenticate(token: string): FoundViewer | null | Promise<FoundViewer | null> {
    let served: FoundViewer | null = null;
    const viewer = this.#cache.fetch({ category: 'PRINCIPALS', key: this.#hashOf(token) }, async (loadContext) => {
      const startedAt = this.#cache.now();
      const found = await this.#find(token);
      const known = found ?? served; // a token that is no longer found keeps its tags
      if (known) loadContext.depend(tagsOf(known));
      if (!found) loadContext.validUntil(startedAt + principalPolicy.nullTtlMs); // its absence is never served stale
      return found;
    });
    if (viewer instanceof Promise) return viewer.then((found) => this.#unlessExpired(found));
    served = viewer;
    return this.#unlessExpired(viewer);
  }

  /** Keys are hashes, so that no message that contains a key reveals a token. */
  #hashOf(token: string): string {
    if (token.length > longestTokenChars) return hashToken(token); // not a token of ours, and too large to keep
    let hash = this.#hashes.get(token);
    if (hash === undefined) {
      hash = hashToken(token);
      if (this.#hashes.size >= 1_000) this.#hashes.clear();
      this.#hashes.set(token, hash);
    }
    return hash;
  }

  #unlessExpired(viewer: FoundViewer | null): FoundViewer | null {
    if (!viewer?.expiresAt) return viewer;
    return this.#wallNow().getTime() < Date.parse(viewer.expiresAt) ? viewer : null;
  }
}

/**
 * The tags of a principal: its token, its membership (for an API token, its maker's), and the settings that define its days. A
 * token that was never found has none: it is random, so nobody knows it before it exists.
 */
function tagsOf({ tokenId, userId, makerId, workspaceId }: FoundViewer): string[] {
  const tags = ['WorkspaceSettings:timeZone', 'WorkspaceSettings:weekStartsOn', `Token:${tokenId}`];
  const memberId = userId ?? makerId;
  if (memberId) tags.push(`Membership:${memberId}`);
  return tags.map((tag) => namespaced(workspaceId, tag));
}
