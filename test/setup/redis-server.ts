import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
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
  const folder = await mkdtemp(join(tmpdir(), 'magpie-redis-'));
  const own = port ?? (await freePort());
  const flags = { port: String(own), bind: '127.0.0.1', save: '', appendonly: 'no', dir: folder, ...settings };
  const server = spawn(
    'redis-server',
    Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const killWithUs = () => server.kill('SIGKILL');
  process.on('exit', killWithUs);
  await ready(server);
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

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    server.stdout?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-10_000);
      if (log.includes('Ready to accept connections')) resolve();
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
