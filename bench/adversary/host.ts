import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';

export interface HostPlan {
  /** From 1 on. */
  readonly number: number;
  readonly port: number;
  readonly logFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly cache: string;
  // biome-ignore lint/suspicious/noExplicitAny: whoever asked knows what for
  readonly json: any;
}

/** Nobody answered. `wasSent` is false if the request surely had no effect. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly wasSent: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
    this.wasSent = cause.code !== 'ECONNREFUSED';
  }
}

const root = new URL('../../', import.meta.url).pathname;
const flags = ['--conditions=magpie-source', '--import', 'tsx', '--import', './bench/adversary/clock.ts'];

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process of Magpie as `npm start` makes it, on a host of its own. */
export class Host {
  readonly number: number;
  readonly #plan: HostPlan;
  readonly #log: WriteStream;
  #child: ChildProcess | undefined;
  #agent = new Agent();

  constructor(plan: HostPlan) {
    this.#plan = plan;
    this.number = plan.number;
    this.#log = createWriteStream(plan.logFile);
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Resolves when it listens, with false if it ended instead. */
  async start(): Promise<boolean> {
    const child = spawn(process.execPath, [...flags, 'src/main.ts'], {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production', PORT: String(this.#plan.port), ...this.#plan.environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    running.add(child);
    this.#agent = new Agent({ keepAlive: true });
    child.stderr!.pipe(this.#log, { end: false });
    child.once('exit', (code, signal) => this.#log.write(`ended with ${code ?? signal}\n`));
    const listens = await new Promise<boolean>((resolve) => {
      createInterface({ input: child.stdout! }).on('line', (line) => {
        this.#log.write(`${line}\n`);
        if (line.includes('listens on')) resolve(true);
      });
      child.once('exit', () => resolve(false));
    });
    if (listens) this.#child = child;
    else running.delete(child);
    return listens;
  }

  async kill(): Promise<void> {
    const child = this.#child!;
    this.#child = undefined;
    running.delete(child);
    const isOver = child.exitCode !== null || child.signalCode !== null;
    child.kill('SIGKILL');
    if (!isOver) await once(child, 'exit');
    this.#agent.destroy();
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name);
  }

  /** Moves the wall clock of the process on, or back. */
  stepClock(ms: number): void {
    this.#child?.send({ stepMs: ms });
  }

  ask(token: string, query: string, variables: object = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => reject(new NoAnswer(error));
      const body = JSON.stringify({ query, variables });
      const sent = request(
        {
          ...{ host: '127.0.0.1', port: this.#plan.port, path: '/graphql', method: 'POST', agent: this.#agent },
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('error', fail);
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => {
            const text = Buffer.concat(parts).toString();
            try {
              const cache = String(response.headers['cache-status'] ?? '');
              resolve({ status: response.statusCode!, cache, json: JSON.parse(text) });
            } catch {
              fail(new Error(`expected JSON, but got ${response.statusCode} ${text.slice(0, 200)}`));
            }
          });
        },
      );
      sent.on('error', fail);
      sent.end(body);
    });
  }
}
