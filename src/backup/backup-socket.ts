import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { hasCode } from '../database/file-errors.ts';
import { type BackupSource, writeBackup } from './archive.ts';

/** Size of `sun_path` in unix(7), without its final zero. */
const maxPathBytes = 107;

/** The socket at which a running server writes backups for programs of the same machine that have access to its data folder. */
function socketOf(dataDir: string): string {
  return join(dataDir, 'backup.sock');
}

export interface BackupListener {
  close(): Promise<void>;
}

export interface BackupLog {
  info(message: string): void;
  error(details: object, message: string): void;
}

/**
 * Listens at the socket, and writes a backup to each connection, one at a time. The data folder must be locked, as the socket of an
 * earlier process is removed. If the path is longer than the system allows, it logs that and does not listen.
 */
export async function listenForBackups(dataDir: string, source: BackupSource, log: BackupLog): Promise<BackupListener> {
  const path = socketOf(dataDir);
  if (Buffer.byteLength(path) > maxPathBytes) {
    log.info(`no backups while this server runs: the path of DATA_DIR is too long for a socket (${path})`);
    return { close: async () => {} };
  }
  await rm(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer(async (socket) => {
    open.add(socket);
    socket.on('error', () => {}); // reported by `writeBackup`
    socket.on('close', () => open.delete(socket));
    try {
      await writeBackup(source, socket);
      log.info('wrote a backup');
    } catch (error) {
      log.error({ err: error }, 'a backup failed');
      socket.destroy();
    }
  });
  server.maxConnections = 1;
  server.listen(path);
  await once(server, 'listening');
  return {
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A stream of a backup from the server that runs on the folder; undefined when none listens. */
export async function connectForBackup(dataDir: string): Promise<Socket | undefined> {
  const socket = connect(socketOf(dataDir));
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ECONNREFUSED', 'EINVAL', 'ENOTDIR')) return undefined;
    throw error;
  }
}
