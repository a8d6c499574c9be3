import { type Answer, Connection, type Request } from './client.ts';

/** What a contender did under load. Latencies in milliseconds, ascending, by kind of request. */
export interface Measured {
  readonly seconds: number;
  readonly requests: number;
  readonly latencies: ReadonlyMap<string, Float64Array>;
  /** CPU time that the generator itself took for a request. */
  readonly generatorUs: number;
}

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  /** The next request to send; undefined when there is none left. */
  readonly next: () => Request | undefined;
  /** Name under which an answer's latency is noted; by default its request's kind. */
  readonly nameOf?: (request: Request, answer: Answer) => string;
  /** Whether an answer that is no 200 is counted as others are. */
  readonly takes?: (status: number) => boolean;
}

/** Connections that each send their next request when the last one is answered. */
export class Load {
  readonly #options: LoadOptions;
  readonly #connections: Connection[];

  private constructor(options: LoadOptions, connections: Connection[]) {
    this.#options = options;
    this.#connections = connections;
  }

  static async open(options: LoadOptions): Promise<Load> {
    const connections = Array.from({ length: options.connections }, () => Connection.open(options.port));
    return new Load(options, await Promise.all(connections));
  }

  /** Sends for so many milliseconds, or until there is nothing left to send. Rejects at the first answer that is no 200, unless it is taken. */
  async run(durationMs: number): Promise<Measured> {
    const { next, nameOf, takes = () => false } = this.#options;
    const samples = new Map<string, number[]>();
    const usageBefore = process.cpuUsage();
    const startedAt = performance.now();
    const endsAt = startedAt + durationMs;
    await Promise.all(
      this.#connections.map(
        (connection) =>
          new Promise<void>((resolve, reject) => {
            const sendNext = (now: number) => {
              const request = now < endsAt ? next() : undefined;
              if (!request) return resolve();
              connection.send(request.bytes, (answer) => {
                if (answer instanceof Error) return reject(answer);
                if (answer.status !== 200 && !takes(answer.status))
                  return reject(new Error(`expected 200, but got ${answer.head}`));
                const answeredAt = performance.now();
                const name = nameOf ? nameOf(request, answer) : request.kind;
                const sample = samples.get(name);
                if (sample) sample.push(answeredAt - now);
                else samples.set(name, [answeredAt - now]);
                sendNext(answeredAt);
              });
            };
            sendNext(performance.now());
          }),
      ),
    );
    const seconds = (performance.now() - startedAt) / 1_000;
    const { user, system } = process.cpuUsage(usageBefore);
    const latencies = new Map([...samples].map(([name, sample]) => [name, Float64Array.from(sample).sort()]));
    const requests = [...latencies.values()].reduce((sum, { length }) => sum + length, 0);
    return { seconds, requests, latencies, generatorUs: (user + system) / requests };
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}

/** A share of a sample in ascending order is at most this; NaN when it is empty. */
export function quantile(ascending: Float64Array, share: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN;
}
