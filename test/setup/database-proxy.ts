import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface DatabaseProxy {
  /** The database, through the proxy. */
  readonly url: string;
  /** Ends all connections, and every new one at once, until `resume`. */
  cut(): void;
  /** Passes nothing on in either direction, as a network that lost its route: nobody hears of it. Until `resume`. */
  freeze(): void;
  /** The same for the connections that are open. New ones work. */
  strand(): void;
  resume(): void;
  /** Calls `then`, once, when a connection has sent all of these words, one after the other; they are passed on before. */
  whenSent(words: readonly string[], then: () => void): void;
}

/** A network between a server and its database, for a test to break. It ends with the test. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'frozen' = 'open';
  let watched: { words: readonly string[]; then: () => void } | undefined;

  const proxy = createServer((client) => {
    const server = connect(Number(target.port), target.hostname);
    let said = '';
    client.on('data', (bytes) => {
      said += bytes.toString('latin1');
    });
    for (const [from, to] of [[client, server] as const, [server, client] as const]) {
      sockets.add(from);
      if (state === 'frozen') from.pause();
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', (bytes) => {
        to.write(bytes, () => {
          if (!watched || from !== client || !holds(said, watched.words)) return;
          const { then } = watched;
          watched = undefined;
          then();
        });
      });
    }
    if (state === 'cut') client.destroy();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const cut = () => {
    state = 'cut';
    for (const socket of sockets) socket.destroy();
  };
  const pauseAll = () => {
    for (const socket of sockets) socket.pause();
  };
  onTestFinished(() => {
    cut();
    proxy.close();
  });
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${(proxy.address() as { port: number }).port}`;
  return {
    url: url.href,
    cut,
    freeze() {
      state = 'frozen';
      pauseAll();
    },
    strand: pauseAll,
    resume() {
      state = 'open';
      for (const socket of sockets) socket.resume();
    },
    whenSent(words, then) {
      watched = { words, then };
    },
  };
}

function holds(text: string, words: readonly string[]): boolean {
  let at = 0;
  return words.every((word) => {
    at = text.indexOf(word, at);
    return at++ >= 0;
  });
}
