import DataLoader from 'dataloader';
import type { CreateLoader, LoaderSource } from './loader-source.ts';
import type { Loaders } from './loaders.ts';
import * as domains from './registry.ts';
import type { Share, SharedBatches } from './shared-batches.ts';

/** The shared batches, for requests that may use those of other requests in the same scope. */
export interface Sharing {
  readonly loads: SharedBatches;
  /** Equal for scopes in which all rows are the same. */
  readonly scopeKey: string;
  /** The logical time of the scope's workspace. */
  readonly stamp: () => number;
}

/** Does not compile when a domain declares its loaders and is not registered. */
const makers: { readonly [Name in keyof Loaders]: { loaders(source: LoaderSource): Loaders[Name] } } = domains;

/** The request of the loaders. Replaced when the logical time of the scope's workspace advances. */
interface LoaderRequest extends Pick<LoaderSource, 'queries' | 'scope'> {
  /** The logical time of all workspaces together. */
  wideStamp(): number;
}

/** A class, so that all requests share its getters: V8 keeps a getter of a single object until a full garbage collection. */
class LoadersByDomain {
  readonly #source: LoaderRequest;
  readonly #sharing: Sharing | undefined;
  readonly #loaders: Partial<Record<keyof Loaders, unknown>> = {};

  constructor(source: LoaderRequest, sharing: Sharing | undefined) {
    this.#source = source;
    this.#sharing = sharing;
  }

  of(domain: keyof Loaders): unknown {
    this.#loaders[domain] ??= makers[domain].loaders(new DomainLoaderSource(this.#source, domain, this.#sharing));
    return this.#loaders[domain];
  }
}

const names = Object.entries(domains).flatMap(([name, domain]) => ('loaders' in domain ? [name as keyof Loaders] : []));

for (const domain of names)
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

  readonly loader: CreateLoader = (name, batch, keyOf) => {
    const shared = this.#sharing?.loads.share(this.#shareOf(name, this.#sharing.stamp), batch, keyOf);
    return new DataLoader(shared ?? batch, keyOf && { cacheKeyFn: keyOf });
  };

  readonly wideLoader: CreateLoader = (name, batch, keyOf) => {
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
