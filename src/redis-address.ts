/** Servers that speak Redis, and how they are reached. */
export interface RedisAddress {
  /** One server; the primary that sentinels know; or the nodes of a cluster. */
  readonly kind: 'server' | 'sentinel' | 'cluster';
  readonly isEncrypted: boolean;
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** The number of the database; a cluster has no other than 0. */
  readonly database: number;
  /** The name by which sentinels know the primary. */
  readonly primary: string | undefined;
}

const pattern =
  /^(?<scheme>rediss?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?#@]+)(?:\/(?<path>[^?#]*))?$/;
const defaultPorts = { server: 6379, sentinel: 26_379, cluster: 6379 };

/**
 * Reads `redis://user:password@host:port/database`, `redis+sentinel://…@host:port,host:port/primary/database` or
 * `redis+cluster://…@host:port,host:port`; with `rediss` the connections are encrypted. Returns undefined for anything else.
 */
export function redisAddressOf(text: string): RedisAddress | undefined {
  const parts = pattern.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const kind = (parts.kind as 'sentinel' | 'cluster' | undefined) ?? 'server';
  const hosts = parts.hosts!.split(',').map((host) => hostOf(host, defaultPorts[kind]));
  const path = parts.path ? parts.path.split('/') : [];
  const primary = kind === 'sentinel' ? path.shift() : undefined;
  const database = numberOf(path.shift() ?? '0', 1_000_000);
  const isOne = kind !== 'server' || hosts.length === 1;
  const isWhole =
    path.length === 0 && (kind === 'sentinel') === Boolean(primary) && (kind !== 'cluster' || database === 0);
  const [username, password] = [parts.user, parts.password].map(decoded);
  if (!isOne || !isWhole || database === undefined || username === null || password === null) return undefined;
  if (hosts.includes(undefined)) return undefined;
  return {
    ...{ kind, isEncrypted: parts.scheme === 'rediss', hosts: hosts as RedisAddress['hosts'], database },
    ...{ username: username || undefined, password: password || undefined, primary: primary || undefined },
  };
}

/** The hosts, without secrets. */
export function hostsOf({ hosts }: RedisAddress): string {
  return hosts.map(({ host, port }) => `${host}:${port}`).join();
}

function hostOf(text: string, defaultPort: number): { host: string; port: number } | undefined {
  const parts = /^(?<host>[\w.-]+|\[[\da-fA-F:.]+\])(?::(?<port>\d{1,5}))?$/.exec(text)?.groups;
  const port = parts?.port === undefined ? defaultPort : numberOf(parts.port, 65_535);
  return parts === undefined || !port ? undefined : { host: parts.host!.replace(/[[\]]/g, ''), port };
}

function numberOf(text: string, max: number): number | undefined {
  return /^\d+$/.test(text) && Number(text) <= max ? Number(text) : undefined;
}

/** Null if it is not encoded as in URLs. */
function decoded(text: string | undefined): string | undefined | null {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return null;
  }
}
