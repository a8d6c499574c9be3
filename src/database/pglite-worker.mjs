// The thread in which the embedded PostgreSQL runs. It speaks PostgreSQL's own wire protocol: bytes in, bytes out, one
// exchange at a time. Plain JavaScript, so that a worker starts without a TypeScript loader.
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { createUpkeep } from './pglite-upkeep.mjs';

/**
 * @typedef {{ dataDir?: string, dumpFile?: string }} PgliteSource
 * @typedef {{ kind: 'connect' } | { kind: 'send', bytes: Uint8Array } | { kind: 'dump' } | { kind: 'close' }} Request
 * @typedef {{ bytes: Uint8Array }} Reply one for each request, in order
 */

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);
const source = /** @type {PgliteSource} */ (workerData);
const database = await PGlite.create({
  dataDir: source.dataDir,
  loadDataDir: source.dumpFile === undefined ? undefined : new Blob([await readFile(source.dumpFile)]),
});
const upkeep = createUpkeep(database);

/** @type {Promise<void>} */
let last = Promise.resolve();
// An error that is not an answer of the database is a crash: it ends the thread, and the owner hears of it as such.
port.on('message', (/** @type {Request} */ request) => {
  last = last.then(() => (database.closed ? undefined : answer(request)));
});
reply(new Uint8Array(0));

/** @param {Request} request */
async function answer(request) {
  switch (request.kind) {
    case 'connect':
      await forgetSession();
      return reply(new Uint8Array(0));
    case 'send':
      return upkeep(reply(await send(request.bytes)));
    case 'dump':
      return reply(new Uint8Array(await (await database.dumpDataDir('none')).arrayBuffer()));
    case 'close':
      await database.close();
      reply(new Uint8Array(0));
      return port.close();
  }
}

/** There is one backend for all connections, so what an earlier one left open must not reach the next. */
async function forgetSession() {
  if (database.isInTransaction()) await database.exec('rollback');
  await database.exec('discard all');
}

/** @param {Uint8Array} bytes whole messages of the protocol */
async function send(bytes) {
  /** @type {Buffer[]} */
  const chunks = [];
  // The chunks are views into the memory of the database, which the next one overwrites.
  await database.execProtocolRawStream(bytes, { onRawData: (chunk) => chunks.push(Buffer.from(chunk)) });
  return new Uint8Array(Buffer.concat(chunks));
}

/** @param {Uint8Array} bytes */
function reply(bytes) {
  port.postMessage({ bytes });
  return bytes;
}
