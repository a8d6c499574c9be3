// The thread that runs the embedded PostgreSQL. It exchanges bytes of PostgreSQL's wire protocol, one exchange at a time. It is
// JavaScript, so that a worker starts without a TypeScript loader.
import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { keepUp } from './pglite-upkeep.mjs';

/**
 * @typedef {{ dataDir?: string, dumpFile?: string }} PgliteSource
 * @typedef {Pick<import('@electric-sql/pglite').PGliteOptions, 'pgliteWasmModule' | 'initdbWasmModule'>} Program
 * @typedef {{ kind: 'connect' } | { kind: 'send', bytes: Uint8Array } | { kind: 'upkeep' } | { kind: 'dump' } | { kind: 'close' }}
 * Request
 *   The reply to `upkeep` is its error as text, or empty.
 * @typedef {{ bytes: Uint8Array } | { line: string }} Message a reply to each request, in order; or a line of the log
 */

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const source = /** @type {PgliteSource & Program} */ (workerData);
const nothing = () => new Uint8Array(0);

/** PGlite clears all of it whenever it opens a database, and never gives it back: its default of 128 MB takes most of that time. */
const sharedBuffers = '32MB';

const database = await PGlite.create({
  dataDir: source.dataDir,
  pgliteWasmModule: source.pgliteWasmModule,
  initdbWasmModule: source.initdbWasmModule,
  startParams: [...PGlite.defaultStartParams, '-c', `shared_buffers=${sharedBuffers}`],
  loadDataDir: source.dumpFile === undefined ? undefined : new Blob([await readFile(source.dumpFile)]),
  // Posted at once: after some messages the database returns nonsense, or hangs in a loop.
  onStderr(line) {
    post({ line: line.slice(0, 500) });
    return false;
  },
});

/** @type {Promise<void>} */
let last = Promise.resolve();
// An error outside of the protocol is a crash: it ends the thread, and the `error` event reports it.
port.on('message', (/** @type {Request} */ request) => {
  last = last.then(async () => {
    if (database.closed) return;
    const bytes = await handle(request);
    post({ bytes }, [/** @type {ArrayBuffer} */ (bytes.buffer)]);
    if (request.kind === 'close') port.close();
  });
});
post({ bytes: nothing() });

/**
 * @param {Request} request
 * @returns {Promise<Uint8Array>} the reply, with a buffer of its own, which can be transferred
 */
async function handle(request) {
  switch (request.kind) {
    case 'connect':
      await resetSession();
      return nothing();
    case 'send':
      return await send(request.bytes);
    case 'upkeep':
      return await keepUp(database).then(nothing, (error) => new TextEncoder().encode(inspect(error)));
    case 'dump':
      return new Uint8Array(await (await database.dumpDataDir('none')).arrayBuffer());
    case 'close':
      await database.close();
      return nothing();
  }
}

/** Resets the state of the session: all connections share one backend, so a new one must not see what an earlier one left. */
async function resetSession() {
  if (database.isInTransaction()) await database.exec('rollback');
  await database.exec('discard all');
}

/** @param {Uint8Array} bytes complete messages of the protocol */
async function send(bytes) {
  /** @type {Uint8Array[]} */
  const chunks = [];
  // Copied, as each chunk is a view of the database's memory, which the next chunk overwrites.
  await database.execProtocolRawStream(bytes, { onRawData: (chunk) => chunks.push(new Uint8Array(chunk)) });
  if (chunks.length === 1) return /** @type {Uint8Array} */ (chunks[0]);
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/**
 * @param {Message} message
 * @param {ArrayBuffer[]} [transferred]
 */
function post(message, transferred = []) {
  port.postMessage(message, transferred);
}
