import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundled } from './bundle.ts';
import { nodeFlags } from './processes.ts';

const root = resolve(import.meta.dirname, '..', '..');
const main = await bundled(new URL('../../src/main.ts', import.meta.url));

export interface LogLine {
  readonly msg: string;
  readonly pid: number;
  readonly [name: string]: unknown;
}

export interface Program {
  readonly child: ChildProcess;
  /** All that was written so far. */
  readonly said: { out: string; err: string };
  /** Resolves with the first match in what is printed; rejects when the process ends before. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the log's lines that have these properties, when there are so many. */
  logs(count: number, properties: object): Promise<LogLine[]>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** The printed link to GraphiQL: its address without the path, and the token. */
export const printedLink = /(http:\/\/127\.0\.0\.1:\d+)\/graphql#token=(\S+)/;

/** Starts the server on a port of its own, or runs a command of it, as a bundle. Whoever starts it ends it. */
export function startProgram(environment: Record<string, string>, command: readonly string[] = []): Program {
  return start([process.execPath, ...nodeFlags, main, ...command], environment);
}

/** The same as `npm start` runs it. */
export function startAsNpm(environment: Record<string, string>): Program {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } };
  return start(['sh', '-c', scripts.start], environment); // it gives its place to Node, so that signals arrive
}

function start([command, ...args]: readonly string[], environment: Record<string, string>): Program {
  const { PATH = '' } = process.env;
  const child = spawn(command!, args, {
    cwd: root,
    env: { PATH, PORT: '0', DEMO_LIVE: 'off', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said.err += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const prints = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(said.out);
        if (match) resolve(match);
      };
      child.stdout.on('data', look);
      look();
      void ended.then(() => reject(new Error(`ended without printing ${pattern}:\n${said.out}${said.err}`)));
    });
  const logs = (count: number, properties: object) =>
    new Promise<LogLine[]>((resolve, reject) => {
      const look = () => {
        const found = linesOf(said.err).filter((line) =>
          Object.entries(properties).every(([name, value]) => line[name] === value),
        );
        if (found.length >= count) resolve(found);
      };
      child.stderr.on('data', look);
      look();
      void ended.then(() => reject(new Error(`ended before its log had that:\n${said.out}${said.err}`)));
    });
  return { child, said, prints, logs, ended };
}

/** Whole lines that are JSON; what a program says to people is none. */
function linesOf(text: string): LogLine[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return whole.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}
