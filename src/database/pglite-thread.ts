import { Worker } from 'node:worker_threads';
import { wordsOf } from '../error-words.ts';
import { fatalIn } from './pglite-log.ts';

export interface PgliteSource {
  /** The folder of the data files; in memory if absent. */
  dataDir?: string;
  /** A file that `dump` gave, to begin with; only for a database that does not exist yet. */
  dumpFile?: string;
}

export type Request = { kind: 'send'; bytes: Uint8Array } | { kind: 'connect' | 'upkeep' | 'dump' | 'close' };

type Message = { bytes: Uint8Array } | { line: string };

/** A thread that has the embedded database open. */
export interface Thread {
  /** Why it has ended, or is about to; undefined while it runs. */
  readonly failure: Error | undefined;
  /** Resolves when it has ended, or is about to. */
  readonly failed: Promise<void>;
  /** Resolves when it is gone, and its files are free. */
  readonly exited: Promise<void>;
  /** Replies come in the order of requests. Rejects when the thread has ended or ends meanwhile. */
  request(request: Request): Promise<Uint8Array>;
  /** Ends it at once, whatever it does, as a crash would: what was acknowledged is kept. */
  kill(reason: Error): void;
  /** Closes the database in good order. */
  stop(): Promise<void>;
}

/** Longer than a slow machine takes to create the files, or to read through the log after a crash. */
const openWithinMs = 5 * 60_000;

/** Resolves when the files are open. What it rejects with has left them alone. */
export async function startThread(source: PgliteSource): Promise<Thread> {
  const worker = new Worker(new URL('./pglite-worker.mjs', import.meta.url), {
    workerData: source,
    execArgv: [], // it is JavaScript: the loaders of this process would only slow its start
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
    await reply(); // it says so when it has opened its files
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
 * Errors of files that PGlite throws as they are: `{ name: 'ErrnoError', errno }`, by the numbers of WASI (preview 1, `errno`).
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
  return fileErrors.get(errno) ?? wordsOf(thrown);
}
