import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');

export interface Program {
  readonly child: ChildProcess;
  /** All that was written so far. */
  readonly said: { out: string; err: string };
  /** Resolves with the first match in what is printed; rejects when the process ends before. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** The printed link to GraphiQL: its address without the path, and the token. */
export const printedLink = /(http:\/\/127\.0\.0\.1:\d+)\/graphql#token=(\S+)/;

/** Starts the server as `npm start` does, on a port of its own, or a command of it. Whoever starts it ends it. */
export function startProgram(environment: Record<string, string>, command: readonly string[] = []): Program {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...command], {
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
  return { child, said, prints, ended };
}
