import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../error-message.ts';
import { fatalIn } from './pglite-log.ts';

export interface PgliteSource {
  /** The folder of the data files; in memory if absent. */
  dataDir?: string;
  /** A file with the result of `dump`, from which a new database is created. */
  dumpFile?: string;
}

export type Request = { kind: 'send'; bytes: Uint8Array } | { kind: 'connect' | 'upkeep' | 'dump' | 'close' };

type Message = { bytes: Uint8Array } | { line: string };

/** A thread that runs the embedded database. */
export interface Thread {
  /** Why it has ended or is ending; undefined while it runs. */
  readonly failure: Error | undefined;
  /** Resolves when it has ended or is ending. */
  readonly failed: Promise<void>;
  /** Resolves when it has exited and released its files. */
  readonly exited: Promise<void>;
  /** Resolves with the reply. Replies arrive in the order of requests. Rejects when the thread has ended or ends meanwhile. */
  request(request: Request): Promise<Uint8Array>;
  /** Terminates it at once, like a crash: acknowledged commits are kept. */
  kill(reason: Error): void;
  /** Closes the database properly. */
  stop(): Promise<void>;
}

/** Longer than a slow machine takes to create the files, or to replay the WAL after a crash. */
const openWithinMs = 5 * 60_000;

/** PGlite's files, read and compiled once: a database that is opened again, or beside another, shares the code. */
interface Program {
  readonly pgliteWasmModule: WebAssembly.Module;
  readonly initdbWasmModule: WebAssembly.Module;
}

let program: Promise<Program> | undefined;

/** Loads it again after a failure. */
function loadProgram(): Promise<Program> {
  program ??= compileProgram().catch((error) => {
    program = undefined;
    throw error;
  });
  return program;
}

async function compileProgram(): Promise<Program> {
  const compile = async (name: string) =>
    WebAssembly.compile(await readFile(new URL(name, import.meta.resolve('@electric-sql/pglite'))));
  const [pgliteWasmModule, initdbWasmModule] = await Promise.all([compile('pglite.wasm'), compile('initdb.wasm')]);
  return { pgliteWasmModule, initdbWasmModule };
}

/** Starts a thread. Resolves when the database is open. When it rejects, the thread has exited. */
export async function startThread(source: PgliteSource): Promise<Thread> {
  const worker = new Worker(new URL('./pglite-worker.mjs', import.meta.url), {
    workerData: { ...source, ...(await loadProgram()) },
    execArgv: [], // it is JavaScript: the TypeScript loader of this process would only slow its start
  });
  const waiting: { resolve(bytes: Uint8Array): void; reject(error: Error): void }[] = [];
  let failure: Error | undefined;

  let settleFailed = () => {};
  const failed = new Promise<void>((resolve) => {
    settleFailed = resolve;
  });
  const reply = () => new Promise<Uint8Array>((resolve, reject) => waiting.push({ resolve, reject }));
  const fail = (error: Error) => {
    failure ??= error;
    settleFailed();
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  const kill = (reason: Error) => {
    fail(reason);
    void worker.terminate();
  };
  worker.on('message', (message: Message) => {
    if ('bytes' in message) return waiting.shift()?.resolve(message.bytes);
    const failure = fatalIn(message.line);
    if (failure !== undefined) kill(new Error(`the embedded database failed: ${failure}`));
  });
  let crash: Error | undefined;
  worker.on('error', (cause) => {
    crash = new Error(`the embedded database failed: ${causeOf(cause)}`, { cause });
  });
  const exited = new Promise<void>((resolve) =>
    worker.on('exit', (code) => {
      fail(crash ?? new Error(`the embedded database has ended (exit code ${code})`)); // after all of its messages
      resolve();
    }),
  );
  const limit = setTimeout(
    () => kill(new Error(`expected the embedded database to open within ${openWithinMs / 60_000} minutes`)),
    openWithinMs,
  );
  try {
    await reply(); // the first message says that the database is open
  } catch (error) {
    await exited;
    throw error;
  } finally {
    clearTimeout(limit);
  }

  const thread: Thread = {
    get failure() {
      return failure;
    },
    failed,
    exited,
    request(request) {
      if (failure) return Promise.reject(failure);
      const answer = reply();
      worker.postMessage(request, 'bytes' in request ? [request.bytes.buffer as ArrayBuffer] : []);
      return answer;
    },
    kill,
    async stop() {
      if (!failure) await thread.request({ kind: 'close' });
      await exited;
    },
  };
  return thread;
}

/**
 * File errors that PGlite throws unchanged, `{ name: 'ErrnoError', errno }`, by their number in WASI (preview 1, `errno`).
 */
const fileErrors = new Map([
  [2, 'permission denied (EACCES)'],
  [19, 'the disk quota is used up (EDQUOT)'],
  [22, 'a file would be too large (EFBIG)'],
  [29, 'the disk cannot be read or written (EIO)'],
  [33, 'too many open files (EMFILE)'],
  [41, 'too many open files in the system (ENFILE)'],
  [51, 'no space left on the disk (ENOSPC)'],
  [63, 'operation not permitted (EPERM)'],
  [69, 'the file system is read-only (EROFS)'],
]);

function causeOf(thrown: unknown): string {
  const errno = typeof thrown === 'object' && thrown !== null && 'errno' in thrown ? Number(thrown.errno) : Number.NaN;
  return fileErrors.get(errno) ?? messageOf(thrown);
}
