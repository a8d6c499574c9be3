import { mkdirSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, installPostgres } from '../../test/setup/postgres-server.ts';
import { fill, type StageWorkspace } from '../http/stage.ts';
import { Host } from './host.ts';
import { Network } from './network.ts';
import { Postgres } from './postgres.ts';
import { Redis } from './redis.ts';
import { databaseName } from './world.ts';

/** Keeps what the processes log, for when something is found. */
const results = new URL('../results', import.meta.url).pathname;

/** Longer than by default, as all processes and servers share a machine: otherwise Redis would seldom be asked. */
const redisDeadlineMs = '250';

/** The machines: processes of Magpie, a PostgreSQL with a replica, a Redis, and what connects them. */
export class Site {
  readonly folder: string;
  readonly workspaces: readonly StageWorkspace[];
  readonly hosts: readonly Host[];
  /** To the database; each process has its own. */
  readonly networks: readonly Network[];
  readonly redis: Redis;
  /** To Redis; each process has its own. */
  readonly redisNetworks: readonly Network[];
  readonly #replication: Network;
  #primary: Postgres;
  #replica: Promise<Postgres>;
  #copies = 0;

  private constructor(parts: {
    folder: string;
    workspaces: readonly StageWorkspace[];
    hosts: readonly Host[];
    networks: readonly Network[];
    redis: Redis;
    redisNetworks: readonly Network[];
    replication: Network;
    primary: Postgres;
  }) {
    this.folder = parts.folder;
    this.workspaces = parts.workspaces;
    this.hosts = parts.hosts;
    this.networks = parts.networks;
    this.redis = parts.redis;
    this.redisNetworks = parts.redisNetworks;
    this.#replication = parts.replication;
    this.#primary = parts.primary;
    this.#replica = this.#copy();
  }

  static async open({
    processes,
    environment,
  }: {
    processes: number;
    environment: Record<string, string>;
  }): Promise<Site> {
    const folder = await mkdtemp(join(tmpdir(), 'magpie-adversary-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const primary = await Postgres.create(installPostgres(folder));
    await primary.query(`create database ${databaseName}`);
    const workspaces = await fill(primary.url(databaseName), { folder, progress: () => {} });
    mkdirSync(results, { recursive: true });
    const redis = await Redis.start();
    const networks: Network[] = [];
    const redisNetworks: Network[] = [];
    const hosts: Host[] = [];
    for (let number = 1; number <= processes; number++) {
      const network = await Network.open(primary.port);
      networks.push(network);
      const redisNetwork = await Network.open(redis.port);
      redisNetworks.push(redisNetwork);
      hosts.push(
        new Host({
          ...{ number, port: await freePort(), logFile: join(results, `adversary-process-${number}.log`) },
          environment: {
            DATABASE_URL: `postgres://postgres@127.0.0.1:${network.port}/${databaseName}`,
            REDIS_URL: `redis://127.0.0.1:${redisNetwork.port}`,
            ...{
              DATA_DIR: folder,
              DEMO: 'off',
              WARM_UP: 'off',
              LOG_LEVEL: 'warn',
              DATABASE_CONNECTIONS: '10',
              REDIS_DEADLINE_MS: redisDeadlineMs,
              ...environment,
            },
          },
        }),
      );
    }
    const replication = await Network.open(primary.port);
    return new Site({ folder, workspaces, hosts, networks, redis, redisNetworks, replication, primary });
  }

  get primary(): Postgres {
    return this.#primary;
  }

  /** Resolves when there is a replica to fail over to. */
  async replicated(): Promise<void> {
    await this.#replica;
  }

  async pauseSession(pid: number, ms: number): Promise<void> {
    try {
      process.kill(pid, 'SIGSTOP');
      await delay(ms);
      process.kill(pid, 'SIGCONT');
    } catch {} // it has ended
  }

  /**
   * The replica hears of nothing for some time, and becomes the primary then. The former one is fenced: nobody reaches it any more.
   * `judge` is called before anybody reaches the new one.
   */
  async failOver<T>(unheardMs: number, judge: (primary: Postgres) => Promise<T>): Promise<T> {
    const replica = await this.#replica;
    this.#replication.cut();
    await delay(unheardMs);
    for (const network of this.networks) network.cut();
    await this.#primary.remove();
    await replica.promote();
    this.#primary = replica;
    const judged = await judge(replica);
    for (const network of [...this.networks, this.#replication]) {
      network.pointAt(replica.port);
      network.mend();
    }
    this.#replica = this.#copy();
    return judged;
  }

  async close(): Promise<void> {
    for (const host of this.hosts) if (host.isRunning) await host.kill();
    for (const network of [...this.networks, ...this.redisNetworks, this.#replication]) network.close();
    await this.redis.stop();
    await this.#replica.then((replica) => replica.remove()).catch(() => {});
    await this.#primary.remove();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #copy(): Promise<Postgres> {
    const copying = this.#primary.copy(`replica-${++this.#copies}`, this.#replication.port);
    copying.catch(() => {}); // heard of by whoever fails over
    return await copying;
  }
}
