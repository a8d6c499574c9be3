import { createClient, createCluster, createSentinel, RESP_TYPES } from '@redis/client';
import { messageOf } from '../error-message.ts';
import { hostsOf, type RedisAddress } from '../redis-address.ts';
import type { RemoteStore } from './remote-store.ts';

interface RedisStoreOptions {
  readonly address: RedisAddress;
  /** Told of the errors of connections, which are made anew for as long as it takes. */
  readonly onError: (message: string) => void;
}

const firstPauseMs = 50;
const lastPauseMs = 2_000;
/** A connection on which nothing was heard for so long, not even the answer to a ping, is made anew. */
const silentMs = 3_000;
const pingEveryMs = 1_000;
/** Most commands that wait for an answer; others are refused. */
const maxCommands = 1_000;

const pauseAfter = (attempts: number) => Math.min(lastPauseMs, firstPauseMs * 2 ** Math.min(attempts, 10));

/** Clients of all kinds have these in common. */
interface Client {
  connect(): Promise<unknown>;
  destroy(): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  get(key: string): Promise<unknown>;
  set(
    key: string,
    value: Buffer,
    options: { expiration: { type: 'PX'; value: number }; condition?: 'NX' },
  ): Promise<unknown>;
}

/** Entries on servers that speak Redis, by `GET` and `SET` alone. It connects in the background, for as long as it takes. */
export function openRedisStore({ address, onError }: RedisStoreOptions): RemoteStore {
  let client: Client | undefined;
  let isClosed = false;
  let attempts = 0;
  let retry: NodeJS.Timeout | undefined;

  const connect = async () => {
    const made = clientOf(address);
    made.on('error', (error) => onError(`${hostsOf(address)}: ${messageOf(error)}`));
    try {
      await made.connect();
      if (isClosed) return made.destroy();
      attempts = 0;
      client = made;
    } catch (error) {
      onError(`${hostsOf(address)}: ${messageOf(error)}`);
      discard(made);
      if (!isClosed) retry = setTimeout(() => void connect(), pauseAfter(attempts++)).unref();
    }
  };
  void connect();

  const connected = (): Client => {
    if (client === undefined) throw new Error('not connected');
    return client;
  };
  const write = (key: string, value: Buffer, lifetimeMs: number, condition?: 'NX') =>
    connected().set(key, value, {
      expiration: { type: 'PX', value: Math.max(1, Math.ceil(lifetimeMs)) },
      ...(condition && { condition }),
    });
  return {
    async get(key) {
      const found = await connected().get(key);
      return Buffer.isBuffer(found) ? found : undefined;
    },
    async set(key, value, lifetimeMs) {
      await write(key, value, lifetimeMs);
    },
    add: async (key, value, lifetimeMs) => (await write(key, value, lifetimeMs, 'NX')) !== null,
    close() {
      isClosed = true;
      clearTimeout(retry);
      if (client) discard(client);
    },
  };
}

/** A client that never connected refuses to be destroyed. */
function discard(client: Client): void {
  try {
    void Promise.resolve(client.destroy()).catch(() => {});
  } catch {}
}

function clientOf({ kind, hosts, isEncrypted, username, password, database, primary }: RedisAddress): Client {
  const socketOf = (one: RedisAddress['hosts'][number]) => ({
    ...{ host: one.host, port: one.port, connectTimeout: silentMs, socketTimeout: silentMs },
    reconnectStrategy: pauseAfter,
    ...(isEncrypted && { tls: true as const }), // each server is verified by the name under which it was found
  });
  const { host: _, port: __, ...socket } = socketOf(hosts[0]!);
  const shared = {
    ...{ disableOfflineQueue: true, commandsQueueMaxLength: maxCommands, pingInterval: pingEveryMs },
    ...{ maintNotifications: 'disabled' as const, disableClientInfo: true },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
  const commandOptions = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };
  if (kind === 'cluster')
    return createCluster({
      ...{ RESP: 2, commandOptions, defaults: { ...shared, socket } },
      rootNodes: hosts.map((one) => ({ ...shared, socket: socketOf(one) })),
    }) as unknown as Client;
  if (kind === 'sentinel')
    return createSentinel({
      ...{ RESP: 2, commandOptions, name: primary!, sentinelRootNodes: [...hosts] },
      nodeClientOptions: { ...shared, database, socket },
      sentinelClientOptions: { socket },
    }) as unknown as Client;
  return createClient({
    ...shared,
    RESP: 2,
    commandOptions,
    database,
    socket: socketOf(hosts[0]!),
  }) as unknown as Client;
}
