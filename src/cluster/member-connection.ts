import pg from 'pg';

export interface ConnectionListener {
  /** Called for each notification, in the order in which the server sent them. If it throws, the connection is closed. */
  heard(connection: MemberConnection, channel: string, payload: string): void;
  /** Called once when the connection ends, for whatever reason. */
  lost(connection: MemberConnection): void;
}

const connectWithinMs = 2_000;

/**
 * The connection on which a member listens, beats, publishes and acknowledges. It has a name of its own, which is never used again.
 */
export class MemberConnection {
  readonly id: string;
  readonly #client: pg.Client;
  readonly #listener: ConnectionListener;
  #isOpen = true;
  #last: Promise<unknown> = Promise.resolve();

  constructor(url: string, { id, listener }: { id: string; listener: ConnectionListener }) {
    this.id = id;
    this.#listener = listener;
    this.#client = new pg.Client({
      connectionString: url,
      application_name: applicationName(id),
      connectionTimeoutMillis: connectWithinMs,
      keepAlive: true,
    });
    this.#client.on('error', () => this.close());
    this.#client.on('end', () => this.close());
    this.#client.on('notification', ({ channel, payload = '' }) => {
      if (!this.#isOpen) return;
      try {
        listener.heard(this, channel, payload);
      } catch {
        this.close(); // what was not understood, or not applied, is in the log
      }
    });
  }

  /** False as soon as the connection is known to have ended, also if that was heard of between two replies. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  async connect(): Promise<void> {
    await this.#client.connect();
  }

  /** Runs a statement when those before it have ended, as version 9 of pg demands; it is prepared under `name`, if it has one. */
  async query<Row>(statement: { name?: string; text: string; values?: unknown[] }): Promise<Row[]> {
    const result = this.#last.then(() => this.#client.query<Row & pg.QueryResultRow>(statement));
    this.#last = result.catch(() => {});
    return (await result).rows;
  }

  /** Ends the connection without waiting; destroys it if a statement is running. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    void this.#client.end().catch(() => {});
    this.#listener.lost(this);
  }
}

/** By this name the backend of a member is found, whose process id may belong to another one by then. */
export function applicationName(id: string): string {
  return `magpie member ${id}`;
}
