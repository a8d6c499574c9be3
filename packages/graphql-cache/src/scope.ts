/** Who may share entries with a request. */
export interface RequestScope {
  /** The owner of the data, such as a workspace or tenant: no entry and no tag of one is valid in another. */
  readonly namespace: string;
  /** What the request may see within the namespace, and how (locale, time zone). Only requests with an equal text share entries. */
  readonly visibility?: string;
  /**
   * Identifies the viewer with everything that fields of `VIEWER` scope depend on; null if there is none, and those are not cached.
   */
  readonly viewer?: string | null;
}

/** The prefixes of a scope's entries: `key` of their keys, `namespace` of their tags. */
export interface ScopePrefix {
  readonly key: string;
  readonly namespace: string;
}

/** Who may share an entry: the `scope` of `@cache`. */
export type CacheScope = 'PUBLIC' | 'WORKSPACE' | 'VIEWER';

/** The namespace of `PUBLIC` entries and tags. */
export const publicNamespace = 'public';

/** The prefixes for each scope; undefined where a request has no such scope. Create it once for each request or viewer. */
export interface Sharing {
  readonly PUBLIC: ScopePrefix;
  readonly WORKSPACE: ScopePrefix | undefined;
  readonly VIEWER: ScopePrefix | undefined;
}

const publicPrefix: ScopePrefix = { key: `${publicNamespace} `, namespace: publicNamespace };

/** The prefixes of a request without a namespace. */
export const publicSharing: Sharing = { PUBLIC: publicPrefix, WORKSPACE: undefined, VIEWER: undefined };

/**
 * Returns the prefixes of a scope. Different scopes have different ones, because a namespace has no space and the other parts are
 * quoted. Throws a `TypeError` for a namespace that keys and tags could not tell apart from others.
 */
export function sharingOf(scope: RequestScope | null | undefined): Sharing {
  if (!scope) return publicSharing;
  const { namespace, visibility = '', viewer } = scope;
  checkNamespace(namespace);
  if (typeof visibility !== 'string')
    throw new TypeError(`scope.visibility: expected a string, but got ${typeof visibility}`);
  if (viewer != null && typeof viewer !== 'string')
    throw new TypeError(`scope.viewer: expected a string or null, but got ${typeof viewer}`);
  const key = `${namespace} ${JSON.stringify(visibility)} `;
  return {
    PUBLIC: publicPrefix,
    WORKSPACE: { key, namespace },
    VIEWER: viewer == null ? undefined : { key: `${key}${JSON.stringify(viewer)} `, namespace },
  };
}

/** Returns whether a key is one of `VIEWER` scope: its second quoted part names the viewer. */
export function isPersonalKey(key: string): boolean {
  return /^\S+ "(?:[^"\\]|\\.)*" "/.test(key);
}

const maxNamespaceLength = 200;

/** Throws a `TypeError` for what cannot be the namespace of a scope. */
export function checkNamespace(namespace: unknown): void {
  if (typeof namespace !== 'string' || namespace.length > maxNamespaceLength || !/^[^\s/*][^\s/]*$/.test(namespace))
    throw new TypeError(
      `scope.namespace: expected 1 to ${maxNamespaceLength} characters without spaces and "/", the first not "*", but got ${typeof namespace === 'string' ? JSON.stringify(namespace.slice(0, 80)) : typeof namespace}`,
    );
  if (namespace === publicNamespace)
    throw new TypeError(`scope.namespace: expected another than "${publicNamespace}", which is that of PUBLIC entries`);
}
