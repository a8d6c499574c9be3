import DataLoader from 'dataloader';
import type { CreateLoader, LoaderSource } from './loader-source.ts';
import type { Loaders } from './loaders.ts';
import * as domains from './registry.ts';

/** Does not compile when a domain declares its loaders and is not registered. */
const makers: { readonly [Name in keyof Loaders]: { loaders(source: LoaderSource): Loaders[Name] } } = domains;

/** The request of the loaders. Replaced when the logical time of the scope's workspace advances. */
interface LoaderRequest extends Pick<LoaderSource, 'queries' | 'scope'> {
  /** The logical time of all workspaces together. */
  wideStamp(): number;
}

/** A class, so that all requests share its getters: V8 keeps a getter of a single object until a full garbage collection. */
class LoadersByDomain {
  readonly #source: LoaderSource;
  readonly #loaders: Partial<Record<keyof Loaders, unknown>> = {};

  constructor(source: LoaderSource) {
    this.#source = source;
  }

  of(domain: keyof Loaders): unknown {
    this.#loaders[domain] ??= makers[domain].loaders(this.#source);
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

/** Keys in a statement, so that none takes long and other workspaces get their turns at the database between two. */
const defaultBatchSize = 1_000;

export function createLoaders(request: LoaderRequest): Loaders {
  return new LoadersByDomain(new RequestLoaderSource(request)) as unknown as Loaders;
}

class RequestLoaderSource implements LoaderSource {
  readonly #request: LoaderRequest;

  constructor(request: LoaderRequest) {
    this.#request = request;
  }

  get queries() {
    return this.#request.queries;
  }

  /** Throws when the request has no scope. */
  get scope() {
    return this.#request.scope;
  }

  readonly loader: CreateLoader = (batch, keyOf, maxBatchSize = defaultBatchSize) =>
    new DataLoader(batch, { maxBatchSize, ...(keyOf && { cacheKeyFn: keyOf }) });

  readonly wideLoader: CreateLoader = (batch, keyOf, maxBatchSize = defaultBatchSize) => {
    const stamp = () => this.#request.wideStamp();
    return new DataLoader(batch, { maxBatchSize, cacheKeyFn: keyOf, cacheMap: new StampedMap(stamp) });
  };
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
