import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Viewer } from '../../src/domains/context.ts';
import { type HotPathOptions, withHotPath } from '../../src/http/hot-path.ts';
import { identityOf, RememberedResponses } from '../../src/http/remembered-responses.ts';

const viewer = { workspaceId: 'ws_1', tokenId: 'tok_1', userId: 'user_1', role: 'OWNER' } as Viewer;

/** Answers the first time with the words of the pipeline, and from then on with what was remembered, if the engine lets it. */
async function serve(engine: HotPathOptions['engine']): Promise<() => Promise<string>> {
  const responses = new RememberedResponses(1_000_000);
  const pipeline = withHotPath(
    (request, response) => {
      const from = { fragments: [], day: undefined };
      const body = Buffer.from('remembered');
      responses.remember(request, { from, identity: identityOf(viewer), headers: [], body });
      response.end('the pipeline');
    },
    { engine, responses, graphqlPath: '/graphql', onAnswer: () => {} },
  );
  const server = createServer(pipeline);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  return async () => {
    const headers = { authorization: 'Bearer token', 'content-type': 'application/json', connection: 'close' };
    return await (await fetch(url, { method: 'POST', headers, body: '{}' })).text();
  };
}

describe('a request that was answered before', () => {
  it('is answered again while its token stands for the same viewer and its fragments stand', async () => {
    const ask = await serve({ authenticate: () => viewer, replay: () => 1_000 });
    expect([await ask(), await ask()]).toEqual(['the pipeline', 'remembered']);
  });

  it.each<[string, HotPathOptions['engine']['authenticate']]>([
    [
      'cannot be asked for',
      () => {
        throw new Error('too many at once');
      },
    ],
    ['is not found in time', () => Promise.reject(new Error('the database is gone'))],
    ['is nobody’s any more', () => null],
    ['is another’s now', () => ({ ...viewer, role: 'READER' })],
  ])('goes to the pipeline when its viewer %s', async (_, authenticate) => {
    const ask = await serve({ authenticate, replay: () => 1_000 });
    expect([await ask(), await ask()]).toEqual(['the pipeline', 'the pipeline']);
  });
});
