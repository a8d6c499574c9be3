import { onTestFinished } from 'vitest';
import { createListener } from '../../src/http/listener.ts';
import { createTestServer, type TestServer } from './engine.ts';

/** The same server behind a real socket, on a port of its own until the test ends. */
export async function createLiveServer(
  options: Parameters<typeof createTestServer>[0] = {},
  listening: Parameters<typeof createListener>[0] = {},
) {
  const server: TestServer = createTestServer(options);
  const listener = createListener(listening);
  const url = await listener.listen({ host: '127.0.0.1', port: 0 });
  listener.serve(server, async () => true);
  onTestFinished(async () => {
    server.subscriptions.breakOffAll();
    await listener.drain(1_000);
  });
  return { ...server, live: listener, url };
}
