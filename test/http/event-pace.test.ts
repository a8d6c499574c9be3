import { describe, expect, it } from 'vitest';
import type { PaceClock } from '../../src/http/event-pace.ts';
import { ada, createTestServer, post, type TestServer } from './engine.ts';

/** A clock that moves only by pauses, and those. */
function createPace() {
  const pauses: number[] = [];
  let nowMs = 5_000;
  const clock: PaceClock = {
    now: () => nowMs,
    async pause(ms) {
      pauses.push(Math.round(ms));
      nowMs += ms;
    },
  };
  return { clock, pauses };
}

const headers = { accept: 'text/event-stream' };
const subscribe = (server: TestServer, token: string, field: string) =>
  post(server, `subscription { ${field} }`, { headers: { ...headers, authorization: `Bearer ${token}` } });

/** A server with so many open subscriptions of the workspace besides. */
async function withOpen(others: number) {
  const { clock, pauses } = createPace();
  const server = createTestServer({ paceClock: clock });
  for (let n = 0; n < others; n++) {
    server.engine.tokens.set(`other-${n}`, { ...ada, tokenId: `tok_other_${n}`, userId: `user_other_${n}` });
    await subscribe(server, `other-${n}`, 'forever');
  }
  server.engine.tokens.set('stranger', { ...ada, tokenId: 'tok_stranger', workspaceId: 'ws_2' });
  pauses.length = 0;
  return { server, pauses };
}

describe('the events of a subscription that tells of changes', () => {
  it('come at once while there are few', async () => {
    const { server, pauses } = await withOpen(3);
    await (await subscribe(server, 'good-token', 'megabytes')).text();
    expect(pauses).toEqual([]);
  });

  it.each([
    ['two a second with fifty open', 49, 500],
    ['one a second with a hundred open', 99, 1_000],
  ])('come at the pace of its share: %s', async (_, others, intervalMs) => {
    const { server, pauses } = await withOpen(others);
    const text = await (await subscribe(server, 'good-token', 'megabytes')).text();
    expect(text.split('event: next')).toHaveLength(21);
    const atOnce = 1_000 / intervalMs;
    expect(pauses.slice(0, 20 - atOnce)).toEqual(Array(20 - atOnce).fill(intervalMs));
    server.subscriptions.breakOffAll();
  });

  it('come no slower because of those of other workspaces', async () => {
    const { server, pauses } = await withOpen(99);
    await (await subscribe(server, 'stranger', 'megabytes')).text();
    expect(pauses).toEqual([]);
    server.subscriptions.breakOffAll();
  });
});
