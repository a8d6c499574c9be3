import { Cache } from '../cache/cache.ts';
import type { Clock } from '../cache/clock.ts';
import { type FoundViewer, hashToken } from '../domains/viewer/credentials.ts';
import { namespaced } from './cache-key.ts';

type FindViewer = (token: string) => Promise<FoundViewer | null>;

const policies = {
  PRINCIPALS: {
    // Writes of this server are known at once, by tags; five seconds bound those made past it, straight in the database. Who asks
    // in about the second half of them is looked for again in the background, so that no request of theirs waits for it.
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
 * Remembers who a token stands for, in a cache of its own under the same rule: a revocation, a role change or a new time zone
 * is in force with the next request.
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

  /** Null for a token that is unknown, expired or revoked. At once when it is remembered. */
  authenticate(token: string): FoundViewer | null | Promise<FoundViewer | null> {
    const viewer = this.#cache.fetch({ category: 'PRINCIPALS', key: this.#hashOf(token) }, async (loadContext) => {
      const askedAt = this.#cache.now();
      const found = await this.#find(token);
      if (found) loadContext.depend(tagsOf(found).map((tag) => namespaced(found.workspaceId, tag)));
      else {
        loadContext.depend([absenceTag]);
        loadContext.validUntil(askedAt + policies.PRINCIPALS.nullTtlMs); // that there is none is never served stale
      }
      return found;
    });
    return viewer instanceof Promise ? viewer.then((found) => this.#unlessExpired(found)) : this.#unlessExpired(viewer);
  }

  /** Follows the invalidations of the field cache. */
  invalidate(tags: readonly string[], cause: string | undefined): void {
    this.#cache.apply(tags.some((tag) => principalTag.test(tag)) ? [...tags, absenceTag] : tags, cause);
  }

  clear(): void {
    this.#cache.clear();
  }

  /** Keys are hashes, so that no message that names a key can tell a token. */
  #hashOf(token: string): string {
    if (token.length > longestTokenChars) return hashToken(token); // none of ours, and too large to be kept
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

/** Of what was not found, of which nothing else is known: it may have come since, or come back. */
const absenceTag = 'absence';
const principalTag = /\/(Token|Membership):/;

/** What a principal depends on: its token, its membership (of an API token its maker's), and the settings that decide where days are cut. */
function tagsOf({ tokenId, userId, makerId }: FoundViewer): string[] {
  const tags = ['WorkspaceSettings:timeZone', 'WorkspaceSettings:weekStartsOn', `Token:${tokenId}`];
  const memberId = userId ?? makerId;
  if (memberId) tags.push(`Membership:${memberId}`);
  return tags;
}
