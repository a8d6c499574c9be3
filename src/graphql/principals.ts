import { Cache } from '../cache/cache.ts';
import type { Clock } from '../cache/clock.ts';
import { type FoundViewer, hashToken } from '../domains/viewer/credentials.ts';
import { namespaced } from './cache-key.ts';

type FindViewer = (token: string) => Promise<FoundViewer | null>;

const policies = {
  PRINCIPALS: {
    // Tags invalidate at once what this server writes. Writes made directly in the database take effect within five seconds, the sum
    // of both windows. A request in about the second half of them starts a refresh in the background, and does not wait.
    ttlMs: 2_500,
    staleMs: 2_500,
    staleIfErrorMs: 0,
    nullTtlMs: 1_000,
    maxEntries: 10_000,
    maxBytes: 8 * 1024 * 1024,
    eviction: 'lru' as const,
  },
};

const longestTokenChars = 100;

/**
 * Caches the viewers of tokens, in a cache of its own with the same rule: a revocation, a role change or a new time zone takes effect
 * with the next request.
 */
export class Principals {
  readonly #cache: Cache<'PRINCIPALS'>;
  readonly #hashes = new Map<string, string>();
  readonly #find: FindViewer;
  readonly #wallNow: () => Date;

  constructor(options: { find: FindViewer; clock: Clock; wallNow: () => Date }) {
    this.#cache = new Cache({ policies, clock: options.clock });
    this.#find = options.find;
    this.#wallNow = options.wallNow;
  }

  /** Returns the viewer of a token; null if the token is unknown, expired or revoked. Synchronous on a hit. */
  authenticate(token: string): FoundViewer | null | Promise<FoundViewer | null> {
    const viewer = this.#cache.fetch({ category: 'PRINCIPALS', key: this.#hashOf(token) }, async (loadContext) => {
      const startedAt = this.#cache.now();
      const found = await this.#find(token);
      if (found) loadContext.depend(tagsOf(found).map((tag) => namespaced(found.workspaceId, tag)));
      else {
        loadContext.depend([absenceTag]);
        loadContext.validUntil(startedAt + policies.PRINCIPALS.nullTtlMs); // the absence of a token is never served stale
      }
      return found;
    });
    return viewer instanceof Promise ? viewer.then((found) => this.#unlessExpired(found)) : this.#unlessExpired(viewer);
  }

  /** Applies an invalidation of the field cache. */
  invalidate(tags: readonly string[], cause: string | undefined): void {
    this.#cache.apply(tags.some((tag) => principalTag.test(tag)) ? [...tags, absenceTag] : tags, cause);
  }

  clear(): void {
    this.#cache.clear();
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

/** The tag of tokens that were not found. Any change of a token or membership invalidates it. */
const absenceTag = 'absence';
const principalTag = /\/(Token|Membership):/;

/** The tags of a principal: its token, its membership (for an API token, its maker's), and the settings that define its days. */
function tagsOf({ tokenId, userId, makerId }: FoundViewer): string[] {
  const tags = ['WorkspaceSettings:timeZone', 'WorkspaceSettings:weekStartsOn', `Token:${tokenId}`];
  const memberId = userId ?? makerId;
  if (memberId) tags.push(`Membership:${memberId}`);
  return tags;
}
