import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './postgres-server.ts';

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Runs one command, and returns the first line of its reply. */
  command(...parts: string[]): Promise<string>;
  /** The keys that begin with these letters; a hundred at most. */
  keys(prefix: string): Promise<string[]>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  stop(): Promise<void>;
}

/** Whether this machine has a Redis. `.ci/run` installs one; without it, tests of it are skipped with a message. */
export const hasRedis = isInstalled();

function isInstalled(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('redis-server is not installed: tests of the remote tier with a server are skipped');
    return false;
  }
}

/** Starts a Redis that keeps nothing on disk, in a folder that is removed with it. */
export async function startRedisServer(settings: Record<string, string> = {}, port?: number): Promise<RedisServer> {
  const own = port ?? (await freePort());
  const flags = { port: String(own), bind: '127.0.0.1', save: '', appendonly: 'no', ...settings };
  return await start({
    port: own,
    args: Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    readyLine: 'Ready to accept connections',
  });
}

interface StartOptions {
  readonly port: number;
  readonly args: readonly string[];
  readonly configuration?: readonly string[];
  /** What it logs when it may be used. */
  readonly readyLine: string;
}

async function start({ port: own, args, configuration = [], readyLine }: StartOptions): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'magpie-redis-'));
  const file = join(folder, 'redis.conf');
  await writeFile(file, [`dir ${folder}`, ...configuration].map((line) => `${line}\n`).join(''));
  const server = spawn('redis-server', [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const killWithUs = () => server.kill('SIGKILL');
  process.on('exit', killWithUs);
  await ready(server, readyLine);
  return {
    url: `redis://127.0.0.1:${own}`,
    port: own,
    command: (...parts) => run(own, parts),
    keys: async (prefix) =>
      (await run(own, ['KEYS', `${prefix}*`], true)).split('\r\n').filter((line) => line.startsWith(prefix)),
    signal: (name) => void server.kill(name),
    async stop() {
      process.off('exit', killWithUs);
      server.kill('SIGKILL');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A cluster of three nodes, each with a third of the slots. */
export async function startRedisCluster(): Promise<{ url: string; nodes: RedisServer[]; stop(): Promise<void> }> {
  const nodes = await Promise.all(
    Array.from({ length: 3 }, () =>
      startRedisServer({
        'cluster-enabled': 'yes',
        'cluster-node-timeout': '2000',
        'cluster-require-full-coverage': 'no',
      }),
    ),
  );
  const bounds = [0, 5461, 10_923, 16_384];
  for (const [index, node] of nodes.entries()) {
    await node.command('CLUSTER', 'ADDSLOTSRANGE', String(bounds[index]!), String(bounds[index + 1]! - 1));
    await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    if (index > 0) await node.command('CLUSTER', 'MEET', '127.0.0.1', String(nodes[0]!.port));
  }
  for (const node of nodes) while (!(await isWhole(node)));
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join()}`,
    nodes,
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  };
}

async function isWhole({ port }: RedisServer): Promise<boolean> {
  const info = await run(port, ['CLUSTER', 'INFO'], true);
  return (
    info.includes('cluster_state:ok') &&
    info.includes('cluster_known_nodes:3') &&
    info.includes('cluster_slots_ok:16384')
  );
}

/** A primary, its replica, and a sentinel that watches them under the name `magpie`. */
export async function startRedisSentinel() {
  const primary = await startRedisServer();
  const replica = await startRedisServer({ replicaof: `127.0.0.1 ${primary.port}` });
  const port = await freePort();
  const sentinel = await start({
    port,
    args: ['--sentinel'],
    configuration: [`port ${port}`, 'bind 127.0.0.1', `sentinel monitor magpie 127.0.0.1 ${primary.port} 1`],
    readyLine: '+monitor master magpie',
  });
  const servers = [primary, replica, sentinel];
  while (!(await run(port, ['SENTINEL', 'REPLICAS', 'magpie'], true)).includes(String(replica.port)));
  return {
    url: `redis+sentinel://127.0.0.1:${port}/magpie`,
    ...{ primary, replica, sentinel },
    stop: async () => void (await Promise.all(servers.map((server) => server.stop()))),
  };
}

function ready(server: ChildProcess, readyLine: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    server.stdout?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-10_000);
      if (log.includes(readyLine)) resolve();
    });
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`Redis ended with ${code} instead of starting:\n${log}`)));
  });
}

/** One command on a connection of its own. Returns the reply's first line, or all of it. */
async function run(port: number, parts: readonly string[], isWholeReply = false): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    const words = parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
    socket.write(`*${parts.length}\r\n${words.join('')}`);
    const [reply] = (await once(socket, 'data')) as [Buffer];
    const text = reply.toString();
    return isWholeReply ? text : text.split('\r\n', 1)[0]!;
  } finally {
    socket.destroy();
  }
}
