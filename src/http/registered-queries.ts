interface Tenant {
  /** By hash, the least recently used first. */
  readonly texts: Map<string, string>;
  bytes: number;
}

/**
 * Queries that clients registered by their SHA-256 (automatic persisted queries). All tenants share them, as a hash stands for one
 * text only; each counts as its first owner's. When they take too many bytes together, the tenant that has the most loses its
 * least recently used one, so that none can evict what the others need.
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

  /** Tenants that own a query. */
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

  /** The caller has verified that this is the text's hash. A text that takes more than an eighth of all bytes is not kept. */
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

/** Bytes in memory at most, with what the maps take for it. */
function sizeOf(text: string): number {
  return 300 + 2 * text.length;
}
