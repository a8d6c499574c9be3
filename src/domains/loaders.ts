import DataLoader from 'dataloader';
import type { Queries } from '../database/database.ts';
import { createAccountLoaders } from './accounts/loaders.ts';
import { createAiLoaders } from './ai/loaders.ts';
import { createAnalyticsLoaders } from './analytics/loaders.ts';
import { createCalendarLoaders } from './calendar/loaders.ts';
import { createCampaignLoaders } from './campaigns/loaders.ts';
import type { Scope } from './context.ts';
import { createInboxLoaders } from './inbox/loaders.ts';
import { createMediaLoaders } from './media/loaders.ts';
import { createPostLoaders } from './posts/loaders.ts';
import { createSettingsLoaders } from './settings/loaders.ts';
import type { Batch, Share, SharedBatches } from './shared-batches.ts';
import { createTemplateLoaders } from './templates/loaders.ts';
import { createViewerLoaders } from './viewer/loaders.ts';

type MakeLoader = <Key, Value, CacheKey = Key>(
  name: string,
  batch: Batch<Key, Value>,
  keyOf?: (key: Key) => CacheKey,
) => DataLoader<Key, Value, CacheKey>;

/** What a domain creates its loaders from: the database, and the scope that restricts every query. */
export interface LoaderSource {
  readonly queries: Queries;
  readonly scope: Scope;
  /** For rows that only mutations of the scope's workspace change, or that never change. */
  readonly loader: MakeLoader;
  /** For rows that mutations of other workspaces change too. */
  readonly wideLoader: MakeLoader;
}

/** The shared batches, for requests that may use those of other requests in the same scope. */
export interface Sharing {
  readonly loads: SharedBatches;
  /** Equal for scopes in which all rows are the same. */
  readonly scopeKey: string;
  /** The logical time of the scope's workspace. */
  readonly stamp: () => number;
}

/** The loaders of each domain, created at first use. */
export interface Loaders {
  readonly accounts: ReturnType<typeof createAccountLoaders>;
  readonly ai: ReturnType<typeof createAiLoaders>;
  readonly analytics: ReturnType<typeof createAnalyticsLoaders>;
  readonly calendar: ReturnType<typeof createCalendarLoaders>;
  readonly campaigns: ReturnType<typeof createCampaignLoaders>;
  readonly inbox: ReturnType<typeof createInboxLoaders>;
  readonly media: ReturnType<typeof createMediaLoaders>;
  readonly posts: ReturnType<typeof createPostLoaders>;
  readonly settings: ReturnType<typeof createSettingsLoaders>;
  readonly templates: ReturnType<typeof createTemplateLoaders>;
  readonly viewer: ReturnType<typeof createViewerLoaders>;
}

const factories = {
  accounts: createAccountLoaders,
  ai: createAiLoaders,
  analytics: createAnalyticsLoaders,
  calendar: createCalendarLoaders,
  campaigns: createCampaignLoaders,
  inbox: createInboxLoaders,
  media: createMediaLoaders,
  posts: createPostLoaders,
  settings: createSettingsLoaders,
  templates: createTemplateLoaders,
  viewer: createViewerLoaders,
};

/** The request of the loaders. Replaced when the logical time of the scope's workspace advances. */
interface LoaderRequest extends Pick<LoaderSource, 'queries' | 'scope'> {
  /** The logical time of all workspaces together. */
  wideStamp(): number;
}

/** A class, so that all requests share its getters: V8 keeps a getter of a single object until a full garbage collection. */
class LoadersByDomain {
  readonly #source: LoaderRequest;
  readonly #sharing: Sharing | undefined;
  readonly #made: Partial<Record<keyof Loaders, unknown>> = {};

  constructor(source: LoaderRequest, sharing: Sharing | undefined) {
    this.#source = source;
    this.#sharing = sharing;
  }

  of(domain: keyof Loaders): unknown {
    this.#made[domain] ??= factories[domain](new DomainLoaderSource(this.#source, domain, this.#sharing));
    return this.#made[domain];
  }
}

for (const domain of Object.keys(factories) as (keyof Loaders)[])
  Object.defineProperty(LoadersByDomain.prototype, domain, {
    get(this: LoadersByDomain) {
      return this.of(domain);
    },
  });

export function createLoaders(source: LoaderRequest, sharing?: Sharing): Loaders {
  return new LoadersByDomain(source, sharing) as unknown as Loaders;
}

class DomainLoaderSource implements LoaderSource {
  readonly #request: LoaderRequest;
  readonly #domain: string;
  readonly #sharing: Sharing | undefined;

  constructor(request: LoaderRequest, domain: string, sharing: Sharing | undefined) {
    this.#request = request;
    this.#domain = domain;
    this.#sharing = sharing;
  }

  get queries() {
    return this.#request.queries;
  }

  /** Throws when the request has no scope. */
  get scope() {
    return this.#request.scope;
  }

  readonly loader: MakeLoader = (name, batch, keyOf) => {
    const shared = this.#sharing?.loads.share(this.#shareOf(name, this.#sharing.stamp), batch, keyOf);
    return new DataLoader(shared ?? batch, keyOf && { cacheKeyFn: keyOf });
  };

  readonly wideLoader: MakeLoader = (name, batch, keyOf) => {
    const stamp = () => this.#request.wideStamp();
    const shared = this.#sharing?.loads.share(this.#shareOf(name, stamp), batch, keyOf);
    return new DataLoader(shared ?? batch, { cacheKeyFn: keyOf, cacheMap: new StampedMap(stamp) });
  };

  #shareOf(name: string, stamp: () => number): Share {
    return { name: `${this.#sharing!.scopeKey}${this.#domain}.${name}`, stamp };
  }
}

/** The values of a loader, which are dropped when a logical time advances. */
class StampedMap<Key, Value> {
  readonly #stamp: () => number;
  readonly #values = new Map<Key, Value>();
  #stampOfValues = -1;

  constructor(stamp: () => number) {
    this.#stamp = stamp;
  }

  get(key: Key): Value | undefined {
    const stamp = this.#stamp();
    if (stamp !== this.#stampOfValues) this.#values.clear();
    this.#stampOfValues = stamp;
    return this.#values.get(key);
  }

  set(key: Key, value: Value): void {
    this.#values.set(key, value);
  }

  delete(key: Key): void {
    this.#values.delete(key);
  }

  clear(): void {
    this.#values.clear();
  }
}
