import { setTimeout as delay } from 'node:timers/promises';
import { createClient, RESP_TYPES } from '@redis/client';
import { type RedisServer, startRedisServer } from '../../test/setup/redis-server.ts';

/** What is stored, by key: entries and locks. */
export type Stored = ReadonlyMap<string, Buffer>;

/** Reads and writes what is stored, past all processes. */
export interface Forger {
  all(): Promise<Stored>;
  /** Writes these values, which then have no expiry, or keep that of their key. */
  put(values: Stored, expiry: 'none' | 'kept'): Promise<void>;
  removeExpiry(): Promise<void>;
}

const forgeEveryMs = 50;

/** The Redis that all processes share, to be stopped, emptied, and made to answer with what nobody stored there. */
export class Redis {
  readonly port: number;
  #server: RedisServer;
  /** What was stored at earlier times. */
  readonly memories: Stored[] = [];

  private constructor(server: RedisServer) {
    this.#server = server;
    this.port = server.port;
  }

  static async start(): Promise<Redis> {
    return new Redis(await startRedisServer());
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#server.signal(name);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  /** Starts it again after `stop`, empty. */
  async startAgain(): Promise<void> {
    this.#server = await startRedisServer({}, this.port);
  }

  async empty(): Promise<void> {
    await this.#server.command('FLUSHALL');
  }

  /** Keeps what is stored now, to be put back later. */
  async remember(): Promise<void> {
    await this.#withForger(async (forger) => void this.memories.push(await forger.all()));
  }

  /** Forges again and again for a time, as processes store over it. */
  async forgeFor(ms: number, forge: (forger: Forger) => Promise<void>): Promise<void> {
    const endMs = performance.now() + ms;
    await this.#withForger(async (forger) => {
      for (;;) {
        await forge(forger);
        if (performance.now() >= endMs) return;
        await delay(forgeEveryMs);
      }
    });
  }

  async #withForger(use: (forger: Forger) => Promise<void>): Promise<void> {
    const client = createClient({
      ...{ RESP: 2, socket: { host: '127.0.0.1', port: this.port } },
      commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    });
    client.on('error', () => {}); // reported by the command that fails
    await client.connect();
    const keys = async () => (await client.keys('magpie:*')).map(String);
    try {
      await use({
        async all() {
          const names = await keys();
          const values = await Promise.all(names.map((name) => client.get(name)));
          return new Map(names.flatMap((name, place) => (values[place] ? [[name, values[place]] as const] : [])));
        },
        async put(values, expiry) {
          const options = expiry === 'kept' ? { expiration: 'KEEPTTL' as const } : {};
          await Promise.all([...values].map(([name, value]) => client.set(name, value, options)));
        },
        removeExpiry: async () => void (await Promise.all((await keys()).map((name) => client.persist(name)))),
      });
    } finally {
      client.destroy();
    }
  }
}
