import { describe, expect, it } from 'vitest';
import { Follower, type Liveness } from '../../src/dashboard/page/connection/follow.ts';
import { RequestError } from '../../src/dashboard/page/connection/request-error.ts';

/** How live a page is whose source of events ends with an error, until it waits. */
async function livenessAfter(error: unknown): Promise<Liveness> {
  return await new Promise((resolve, reject) => {
    const follower = new Follower({
      open: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) }),
      onEvent: () => {},
      onLiveness(liveness) {
        if (liveness.state !== 'waiting') return;
        resolve(liveness);
        queueMicrotask(() => follower.stop());
      },
      onRefusal: reject,
    });
  });
}

describe('a page that is not live', () => {
  it.each([
    ['by the server', new RequestError('Expected at most 3 subscriptions.', 'TOO_MANY_SUBSCRIPTIONS')],
    ['by an error of its own', new TypeError('x is not a function')],
  ])('knows why, if it is told so %s', async (_, error) => {
    expect(await livenessAfter(error)).toMatchObject({ state: 'waiting', why: error.message });
  });

  it('knows nothing of why, if the server does not answer', async () => {
    const silence = new RequestError('The server does not answer: it is silent.', 'UNREACHABLE');
    expect(await livenessAfter(silence)).toMatchObject({ state: 'waiting', why: undefined });
  });

  it('counts down to its next attempt by a clock that nobody sets', async () => {
    const before = performance.now();
    const { retryAtMs } = (await livenessAfter(new TypeError('gone'))) as { retryAtMs: number };
    expect(retryAtMs).toBeGreaterThan(before);
    expect(retryAtMs).toBeLessThan(performance.now() + 60_000);
  });
});
