// The thread in which the embedded PostgreSQL runs. It speaks PostgreSQL's own wire protocol: bytes in, bytes out, one
// exchange at a time. Plain JavaScript, so that a worker starts without a TypeScript loader.
import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { keepUp } from './pglite-upkeep.mjs';

/**
 * @typedef {{ dataDir?: string, dumpFile?: string }} PgliteSource
 * @typedef {{ kind: 'connect' } | { kind: 'send', bytes: Uint8Array } | { kind: 'upkeep' } | { kind: 'dump' } | { kind: 'close' }} Request
 *   What failed of an upkeep is its answer, as text.
 * @typedef {{ bytes: Uint8Array } | { line: string }} Message a reply to each request, in order; or a line of the log
 */

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const source = /** @type {PgliteSource} */ (workerData);
const nothing = () => new Uint8Array(0);

const database = await PGlite.create({
  dataDir: source.dataDir,
  loadDataDir: source.dumpFile === undefined ? undefined : new Blob([await readFile(source.dumpFile)]),
  // Told before it goes on: after some lines it answers nonsense, or runs in circles for ever.
  onStderr(line) {
    post({ line: line.slice(0, 500) });
    return false;
  },
});

/** @type {Promise<void>} */
let last = Promise.resolve();
// An error that is not an answer of the database is a crash: it ends the thread, and the owner hears of it as such.
port.on('message', (/** @type {Request} */ request) => {
  last = last.then(async () => {
    if (database.closed) return;
    const bytes = await answer(request);
    post({ bytes }, [/** @type {ArrayBuffer} */ (bytes.buffer)]);
    if (request.kind === 'close') port.close();
  });
});
post({ bytes: nothing() });

/**
 * @param {Request} request
 * @returns {Promise<Uint8Array>} with a buffer of its own, which can be given away
 */
async function answer(request) {
  switch (request.kind) {
    case 'connect':
      await forgetSession();
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

/** There is one backend for all connections, so what an earlier one left open must not reach the next. */
async function forgetSession() {
  if (database.isInTransaction()) await database.exec('rollback');
  await database.exec('discard all');
}

/** @param {Uint8Array} bytes whole messages of the protocol */
async function send(bytes) {
  /** @type {Uint8Array[]} */
  const chunks = [];
  // The chunks are views into the memory of the database, which the next one overwrites.
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
 * @param {ArrayBuffer[]} [given]
 */
function post(message, given = []) {
  port.postMessage(message, given);
}
