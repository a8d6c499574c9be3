import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { freePort, type PostgresPrograms, postgresReady } from '../../test/setup/postgres-server.ts';

/** All that a commit promises is kept: without it, a crash of the server would lose what was acknowledged. */
const settings = {
  ...{ fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', autovacuum: 'on' },
  ...{ max_connections: '200', wal_keep_size: '1GB', hot_standby: 'on', max_wal_senders: '4' },
  ...{ listen_addresses: '127.0.0.1', unix_socket_directories: '', restart_after_crash: 'on' },
};

const stopSignals = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** None outlives this process. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const server of running) server.kill('SIGKILL');
});

/** One server with its files, to be stopped, started, and copied. */
export class Postgres {
  readonly port: number;
  readonly #programs: PostgresPrograms;
  readonly #files: string;
  readonly #settings: Readonly<Record<string, string | number>>;
  #server: ChildProcess | undefined;

  private constructor(programs: PostgresPrograms, files: string, values: { port: number; primary_conninfo?: string }) {
    this.#programs = programs;
    this.#files = files;
    this.port = values.port;
    this.#settings = { ...settings, ...values };
  }

  static async create(programs: PostgresPrograms): Promise<Postgres> {
    return await new Postgres(programs, await programs.initialise('first'), { port: await freePort() }).start();
  }

  url(database = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  async start(): Promise<this> {
    const server = this.#programs.start(this.#files, this.#settings);
    server.stderr!.on('data', () => {}); // read, or it would wait
    running.add(server);
    server.once('exit', () => running.delete(server));
    this.#server = server;
    await postgresReady(server);
    return this;
  }

  async stop(mode: keyof typeof stopSignals): Promise<void> {
    const server = this.#server!;
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(stopSignals[mode]);
    await once(server, 'exit');
  }

  async remove(): Promise<void> {
    await this.stop('immediate');
    await rm(this.#files, { recursive: true, force: true });
  }

  /** Stops the server and all of its sessions in the midst of what they do. Returns what lets them go on. */
  pause(): () => void {
    const pids = [this.#server!.pid!, ...childrenOf(this.#server!.pid!)];
    for (const pid of pids) signal(pid, 'SIGSTOP');
    return () => {
      for (const pid of pids) signal(pid, 'SIGCONT');
    };
  }

  /** Makes a replica of this server, which it follows through `port`: a copy of its files and what it writes from then on. */
  async copy(name: string, port: number): Promise<Postgres> {
    const files = await this.#programs.makeFolder(name);
    const client = new pg.Client({ connectionString: this.url() });
    client.on('error', () => {});
    await client.connect();
    try {
      await client.query("select pg_backup_start('copy', true)");
      const entries = (await readdir(this.#files)).filter((entry) => !isOwn(entry));
      this.#programs.run('sh', [
        '-c',
        'cp -a -- "$@" 2>/dev/null; true',
        'cp',
        ...entries.map((entry) => join(this.#files, entry)),
        files,
      ]);
      const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
      await this.#programs.makeFolder(join(name, 'pg_wal'));
      const write = 'printf %s "$1" > backup_label && : > standby.signal';
      this.#programs.run('sh', ['-c', `cd "$2" && ${write}`, 'sh', rows[0]!.labelfile, files]);
    } finally {
      await client.end().catch(() => {});
    }
    const primary_conninfo = `host=127.0.0.1 port=${port} user=postgres`;
    return await new Postgres(this.#programs, files, { port: await freePort(), primary_conninfo }).start();
  }

  /** Makes a primary of a replica, with what it has received. */
  async promote(): Promise<void> {
    await this.query('select pg_promote(true, 60)');
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = [], database?: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url(database), connectionTimeoutMillis: 20_000 });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }
}

/** What belongs to the running server alone, or comes by replication. */
function isOwn(entry: string): boolean {
  return (
    entry === 'pg_wal' || entry.startsWith('postmaster.') || entry === 'standby.signal' || entry === 'backup_label.old'
  );
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {} // it has ended meanwhile
}

/** PostgreSQL's sessions lead process groups of their own, so they are found by their parent. */
function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // it has ended meanwhile
  }
}
