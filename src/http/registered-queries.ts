interface Tenant {
  /** Queries by hash, the least recently used first. */
  readonly texts: Map<string, string>;
  bytes: number;
}

/**
 * Queries that clients registered by their SHA-256 (automatic persisted queries). All workspaces share them, as a hash identifies
 * one text. A query counts for the workspace that registered it first. When all together exceed the limit, the workspace with the
 * most bytes loses its least recently used query, so that none can evict the queries of others.
 */
export class RegisteredQueries {
  readonly #maxBytes: number;
  readonly #ownerOf = new Map<string, string>();
  readonly #tenants = new Map<string, Tenant>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Number of workspaces that own a query. */
  get owners(): number {
    return this.#tenants.size;
  }

  get(hash: string): string | undefined {
    const texts = this.#tenants.get(this.#ownerOf.get(hash) ?? '')?.texts;
    const text = texts?.get(hash);
    if (text === undefined) return undefined;
    texts!.delete(hash);
    texts!.set(hash, text);
    return text;
  }

  /** The caller has verified the hash. A text of more than an eighth of the limit is not kept. */
  add(hash: string, { text, owner }: { text: string; owner: string }): void {
    if (this.get(hash) !== undefined || sizeOf(text) > this.#maxBytes / 8) return;
    const tenant = this.#tenants.get(owner) ?? { texts: new Map(), bytes: 0 };
    this.#tenants.set(owner, tenant);
    this.#ownerOf.set(hash, owner);
    tenant.texts.set(hash, text);
    this.#count(tenant, sizeOf(text));
    while (this.#bytes > this.#maxBytes) this.#evict();
  }

  #evict(): void {
    const [owner, tenant] = [...this.#tenants].reduce((most, other) => (other[1].bytes > most[1].bytes ? other : most));
    const [hash, text] = tenant.texts.entries().next().value!;
    tenant.texts.delete(hash);
    this.#ownerOf.delete(hash);
    this.#count(tenant, -sizeOf(text));
    if (tenant.texts.size === 0) this.#tenants.delete(owner);
  }

  #count(tenant: Tenant, bytes: number): void {
    tenant.bytes += bytes;
    this.#bytes += bytes;
  }
}

/** An upper bound of the bytes in memory, with those of the maps. */
function sizeOf(text: string): number {
  return 300 + 2 * text.length;
}
