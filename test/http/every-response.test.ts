import { describe, expect, it } from 'vitest';
import type { HttpPlugin, SentResponse } from '../../src/http/plugin.ts';
import { ada } from '../graphql/nest.ts';
import { createProduct, tokenRow } from '../graphql/product.ts';
import { createLiveServer } from './live.ts';

const token = `mgp_${'x'.repeat(43)}`;
const query = 'query page { networks { name } }';

/** The product's engine behind a socket, with one plugin more than there are. */
async function serveWith(plugin: Partial<HttpPlugin>) {
  const { engine } = createProduct({ tokens: () => [tokenRow(ada)] });
  let executions = 0;
  const counting: Partial<HttpPlugin> = { onExecute: () => void executions++, ...plugin };
  const server = await createLiveServer({ engine, morePlugins: [counting as HttpPlugin] });
  const ask = async (text = query) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: text }),
    });
    expect(await response.json()).toHaveProperty('data');
    return response;
  };
  return { ask, engine, hot: () => server.metrics.hotResponses, executions: () => executions };
}

describe('a plugin that a later author adds', () => {
  it('is told of responses that are sent again as of those that are executed', async () => {
    const told: SentResponse[] = [];
    const { ask, engine, hot, executions } = await serveWith({
      isRepeatable: true,
      onEveryResponse: (sent) => told.push(sent),
    });
    const ids: unknown[] = [];
    for (let time = 0; time < 3; time++) ids.push((await ask()).headers.get('x-request-id'));
    engine.cache.clear();
    ids.push((await ask()).headers.get('x-request-id'));
    expect([executions(), hot()]).toEqual([1, 3]);
    expect(told.map(({ requestId }) => requestId)).toEqual(ids);
    expect(told.map(({ isRepeated, isFromCache }) => [isRepeated, isFromCache])).toEqual([
      [false, false],
      [true, true],
      [true, true],
      [true, false],
    ]);
    for (const { method, path, viewer, operation, status, errorCodes } of told)
      expect({ method, path, viewer, operation, status, errorCodes }).toMatchObject({
        ...{ method: 'POST', path: '/graphql', viewer: { tokenId: ada.tokenId } },
        ...{ operation: { name: 'page', type: 'query' }, status: 200, errorCodes: [] },
      });
  });

  it('has every response executed while it does not say that responses may be sent again', async () => {
    const { ask, hot, executions } = await serveWith({});
    for (let time = 0; time < 3; time++) await ask();
    expect([executions(), hot()]).toEqual([3, 0]);
  });

  it('may keep some responses from being sent again', async () => {
    const { ask, hot, executions } = await serveWith({ isRepeatable: ({ operation }) => operation?.name !== 'page' });
    for (let time = 0; time < 3; time++) await ask();
    expect([executions(), hot()]).toEqual([3, 0]);
    for (let time = 0; time < 3; time++) await ask('query other { networks { name } }');
    expect([executions(), hot()]).toEqual([4, 2]);
  });

  it('has the headers that it sets sent again, though it comes last', async () => {
    const { ask, hot } = await serveWith({
      isRepeatable: true,
      onResponse: ({ response }) => response.headers.set('x-plan', 'free'),
    });
    for (let time = 0; time < 2; time++) expect((await ask()).headers.get('x-plan')).toBe('free');
    expect(hot()).toBe(1);
  });
});
