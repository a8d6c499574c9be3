import { createClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createListener } from '../../src/http/listener.ts';
import { createTestServer, type TestServer } from './engine.ts';

const token = 'good-token';

/** A server on a port that it shares with its successors: each takes it over from the one before, as at a restart. */
async function startServers() {
  let stop: (() => Promise<unknown>) | undefined;
  let port = 0;
  let isUp = Promise.resolve();
  const start = async (): Promise<TestServer> => {
    let isServing = () => {};
    isUp = new Promise((resolve) => {
      isServing = resolve;
    });
    await stop?.();
    const server = createTestServer();
    const listener = createListener();
    const url = await listener.listen({ host: '127.0.0.1', port });
    listener.serve(server, async () => true);
    port = Number(new URL(url).port);
    isServing();
    stop = () => {
      server.subscriptions.breakOffAll();
      return listener.drain(5_000);
    };
    return server;
  };
  onTestFinished(async () => void (await stop?.()));
  return { first: await start(), restart: start, origin: `127.0.0.1:${port}`, untilUp: () => isUp };
}

interface Heard {
  readonly events: unknown[];
  end: unknown;
}

type Follow = (server: { origin: string; untilUp: () => Promise<void> }, heard: Heard) => () => void;

const sinkOf = (heard: Heard) => ({
  next: (event: unknown) => void heard.events.push(event),
  error: (error: unknown) => {
    heard.end = error;
  },
  complete: () => {
    heard.end = 'complete';
  },
});
const query = 'subscription { forever }';

/** Clients that subscribe, each with its own settings, but that they wait for the server instead of a time. */
const clients: Record<string, Follow> = {
  'graphql-sse'({ origin, untilUp }, heard) {
    const client = createClient({
      url: `http://${origin}/graphql`,
      headers: { authorization: `Bearer ${token}` },
      retry: untilUp,
    });
    client.subscribe({ query }, sinkOf(heard));
    return () => client.dispose();
  },
  'graphql-ws'({ origin, untilUp }, heard) {
    const client = createSocketClient({
      url: `ws://${origin}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryWait: untilUp,
      shouldRetry: () => true, // also while nobody listens
    });
    client.subscribe({ query }, sinkOf(heard));
    return () => void client.dispose();
  },
};

describe.each(Object.entries(clients))('%s', (_, follow) => {
  const begin = async () => {
    const { first, restart, ...server } = await startServers();
    const heard: Heard = { events: [], end: undefined };
    onTestFinished(follow(server, heard));
    await vi.waitFor(() => expect(heard.events).toEqual([{ data: { forever: 1 } }]), { timeout: 20_000 });
    return { first, restart, heard };
  };

  it('subscribes again by itself when the server was restarted', async () => {
    const { restart, heard } = await begin();
    const second = await restart();
    await vi.waitFor(() => expect(second.subscriptions.size).toBe(1), { timeout: 20_000 });
    await vi.waitFor(() => expect(heard.events).toHaveLength(2), { timeout: 20_000 });
    expect(heard.end).toBeUndefined();
  });

  it('gives up when its token was revoked', async () => {
    const { first, heard } = await begin();
    first.engine.tokens.clear();
    await first.recheck();
    await vi.waitFor(() => expect(heard.end).toBeDefined(), { timeout: 20_000 });
    expect(JSON.stringify([heard.events[1], heard.end])).toContain('UNAUTHENTICATED');
    expect(first.subscriptions.size).toBe(0);
  });
});
