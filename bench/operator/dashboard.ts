import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws/client';
import { WebSocket } from 'ws';

const operationsFolder = new URL('../../src/dashboard/page/operations/', import.meta.url);
const read = (name: string) => readFileSync(new URL(`${name}.graphql`, operationsFolder), 'utf8');
const [live, details] = [read('live'), read('details')];
/** As the page does. */
const detailsEach = 5;

/** Asks what an open dashboard asks: the live seconds, and the details with each fifth of them. Returns a function that ends it. */
export function openDashboard(port: number, token: string): () => Promise<void> {
  const client = createClient({
    url: `ws://127.0.0.1:${port}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  let ticks = 0;
  const asked: Promise<void>[] = [];
  const ask = async () => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query: details });
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body });
    const { errors } = (await response.json()) as { errors?: unknown };
    if (errors) throw new Error(`expected the details of the dashboard, but got ${JSON.stringify(errors)}`);
  };
  const watch = async () => {
    for await (const { errors } of client.iterate({ query: live })) {
      if (errors) throw new AggregateError(errors, 'expected a second of the dashboard, but got errors');
      if (ticks++ % detailsEach === 0) asked.push(ask());
    }
  };
  const watching = watch();
  return async () => {
    await client.dispose();
    await Promise.all([watching, ...asked]);
    if (ticks === 0) throw new Error('expected seconds of the dashboard, but got none');
  };
}
