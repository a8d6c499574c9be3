import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Which way nothing passes: from the process to the server, back, or both. */
export type Direction = 'up' | 'down' | 'both';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** The network between one process and a server, to be broken. What is held back arrives late, as a real network repeats it. */
export class Network {
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  #targetPort: number;
  #isCut = false;
  #frozen: Direction | undefined;

  private constructor(listener: Server, targetPort: number) {
    this.#listener = listener;
    this.#targetPort = targetPort;
    listener.on('connection', (client) => this.#join(client));
  }

  static async open(targetPort: number): Promise<Network> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new Network(listener, targetPort);
  }

  get port(): number {
    return (this.#listener.address() as { port: number }).port;
  }

  /** The ports by which the server knows the connections. */
  get serverPorts(): readonly number[] {
    return [...this.#pairs].map(({ server }) => server.localPort ?? 0);
  }

  pointAt(port: number): void {
    this.#targetPort = port;
  }

  /** Ends all connections, and every new one at once. */
  cut(): void {
    this.#isCut = true;
    this.drop();
  }

  mend(): void {
    this.#isCut = false;
  }

  /** Ends some of the connections, as both sides hear. */
  drop(isChosen: () => boolean = () => true): void {
    for (const { client, server } of [...this.#pairs].filter(isChosen)) {
      client.destroy();
      server.destroy();
    }
  }

  /** Passes nothing on, and nobody hears of it. New connections are held as well, unless only those `now` open are. */
  freeze(direction: Direction, reach: 'all' | 'now'): void {
    if (reach === 'all') this.#frozen = direction;
    for (const pair of this.#pairs) pause(pair, direction);
  }

  thaw(): void {
    this.#frozen = undefined;
    for (const { client, server } of this.#pairs) {
      client.resume();
      server.resume();
    }
  }

  close(): void {
    this.cut();
    this.#listener.close();
  }

  #join(client: Socket): void {
    if (this.#isCut) return void client.destroy();
    const server = connect(this.#targetPort, '127.0.0.1');
    const pair = { client, server };
    this.#pairs.add(pair);
    for (const [from, to] of [[client, server] as const, [server, client] as const]) {
      from.setNoDelay(true);
      from.on('error', () => to.destroy());
      from.on('data', (bytes) => to.write(bytes));
      from.on('close', () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
    }
    if (this.#frozen) pause(pair, this.#frozen);
  }
}

function pause({ client, server }: Pair, direction: Direction): void {
  if (direction !== 'down') client.pause();
  if (direction !== 'up') server.pause();
}
