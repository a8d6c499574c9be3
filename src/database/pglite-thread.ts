import { Worker } from 'node:worker_threads';
import { wordsOf } from '../error-words.ts';

export interface PgliteSource {
  /** The folder of the data files; in memory if absent. */
  dataDir?: string;
  /** A file that `dump` gave, to begin with; only for a database that does not exist yet. */
  dumpFile?: string;
}

type Request = { kind: 'connect' } | { kind: 'send'; bytes: Uint8Array } | { kind: 'dump' } | { kind: 'close' };

/** A thread that has the embedded database open. */
export interface Thread {
  /** Why it has ended, or is about to; undefined while it runs. */
  readonly failure: Error | undefined;
  /** Resolves when it is gone, and its files are free. */
  readonly exited: Promise<void>;
  /** Replies come in the order of requests. Rejects when the thread has ended or ends meanwhile. */
  request(request: Request): Promise<Uint8Array>;
  /** Ends it at once, whatever it does, as a crash would: what was acknowledged is kept. */
  kill(reason: Error): void;
  /** Closes the database in good order. */
  stop(): Promise<void>;
}

/** Resolves when the files are open. */
export async function startThread(source: PgliteSource): Promise<Thread> {
  const worker = new Worker(new URL('./pglite-worker.mjs', import.meta.url), {
    workerData: source,
    execArgv: [], // it is JavaScript: the loaders of this process would only slow its start
  });
  const waiting: { resolve(bytes: Uint8Array): void; reject(error: Error): void }[] = [];
  let failure: Error | undefined;

  const reply = () => new Promise<Uint8Array>((resolve, reject) => waiting.push({ resolve, reject }));
  const fail = (error: Error) => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  worker.on('message', ({ bytes }: { bytes: Uint8Array }) => waiting.shift()?.resolve(bytes));
  worker.on('error', (cause) => fail(new Error(`the embedded database failed: ${causeOf(cause)}`, { cause })));
  const exited = new Promise<void>((resolve) =>
    worker.on('exit', (code) => {
      fail(new Error(`the embedded database has ended (exit code ${code})`));
      resolve();
    }),
  );
  await reply(); // it says so when it has opened its files

  const thread: Thread = {
    get failure() {
      return failure;
    },
    exited,
    request(request) {
      if (failure) return Promise.reject(failure);
      const answer = reply();
      worker.postMessage(request, 'bytes' in request ? [request.bytes.buffer as ArrayBuffer] : []);
      return answer;
    },
    kill(reason) {
      fail(reason);
      void worker.terminate();
    },
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
