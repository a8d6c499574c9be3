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
import type { Batch, SharedLoads } from './shared-loads.ts';
import { createTemplateLoaders } from './templates/loaders.ts';
import { createViewerLoaders } from './viewer/loaders.ts';

/** What a domain makes its loaders with: the database, and the scope that every query stays within. */
export interface LoaderSource {
  readonly queries: Queries;
  readonly scope: Scope;
  loader<Key, Value, CacheKey = Key>(
    name: string,
    batch: Batch<Key, Value>,
    keyOf?: (key: Key) => CacheKey,
  ): DataLoader<Key, Value, CacheKey>;
}

/** Batches that other requests of the same scope run, for requests that may share them. */
export interface Sharing {
  readonly loads: SharedLoads;
  /** Equal for scopes in which every row looks the same. */
  readonly scopeKey: string;
}

/** Each domain's loaders, made when first asked for. */
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

/** Its getters are those of a class, shared by all requests: V8 keeps a getter of a single object until it collects the whole heap. */
class LoadersByDomain {
  readonly #source: Omit<LoaderSource, 'loader'>;
  readonly #sharing: Sharing | undefined;
  readonly #made: Partial<Record<keyof Loaders, unknown>> = {};

  constructor(source: Omit<LoaderSource, 'loader'>, sharing: Sharing | undefined) {
    this.#source = source;
    this.#sharing = sharing;
  }

  of(domain: keyof Loaders): unknown {
    this.#made[domain] ??= factories[domain](new Source(this.#source, loaderOf(domain, this.#sharing)));
    return this.#made[domain];
  }
}

for (const domain of Object.keys(factories) as (keyof Loaders)[])
  Object.defineProperty(LoadersByDomain.prototype, domain, {
    get(this: LoadersByDomain) {
      return this.of(domain);
    },
  });

export function createLoaders(source: Omit<LoaderSource, 'loader'>, sharing?: Sharing): Loaders {
  return new LoadersByDomain(source, sharing) as unknown as Loaders;
}

class Source implements LoaderSource {
  readonly #of: Omit<LoaderSource, 'loader'>;
  readonly loader: LoaderSource['loader'];

  constructor(of: Omit<LoaderSource, 'loader'>, loader: LoaderSource['loader']) {
    this.#of = of;
    this.loader = loader;
  }

  get queries() {
    return this.#of.queries;
  }

  /** Throws for who has none. */
  get scope() {
    return this.#of.scope;
  }
}

function loaderOf(domain: string, sharing: Sharing | undefined): LoaderSource['loader'] {
  return (name, batch, keyOf) => {
    const shared = sharing?.loads.share(`${sharing.scopeKey}${domain}.${name}`, batch, keyOf);
    return new DataLoader(shared ?? batch, keyOf && { cacheKeyFn: keyOf });
  };
}
