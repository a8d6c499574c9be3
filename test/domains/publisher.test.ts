import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Network, NetworkRefusal } from '../../src/domains/accounts/network.ts';
import { createPublisher, type PublisherOptions } from '../../src/domains/posts/publisher.ts';
import { engines } from '../setup/databases.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { postMutations } from './post-mutations.ts';

type Publish = Network['publish'];

describe.each(engines)('a publisher on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;

  beforeAll(async () => {
    api = await createTestApi(engine);
  });

  beforeEach(async () => {
    api.clock = new Date('2026-11-22T09:00:00.000Z');
    workspace = await createTestWorkspace(api.queries);
  });

  function publisherWith(publish: Publish, options: Partial<PublisherOptions> = {}) {
    const quiet = () => {};
    return createPublisher({
      queries: api.queries,
      network: { publish, reply: async () => {} },
      execute: api.runAsSystem,
      log: { info: quiet, warn: quiet, error: quiet },
      leaseSeconds: 60,
      now: () => api.clock,
      ...options,
    });
  }

  const succeed: Publish = async ({ id }) => ({ permalink: `https://example.com/${id}` });

  async function due({ accounts = 1, account = {}, team = workspace } = {}): Promise<string> {
    const accountIds = [];
    for (let count = 0; count < accounts; count += 1)
      accountIds.push(await createTestAccount(api.queries, team, account));
    const input = { text: 'Hello', accountIds, scheduledAt: api.clock.toISOString() };
    return (await postMutations(api).create(team.viewer(), input)).post.id;
  }

  async function stateOf(id: string, team = workspace) {
    const { data } = await api.run(
      team.viewer(),
      `{ post(id: "${id}") { status targets { id status permalink failureMessage } } }`,
    );
    return data.post;
  }

  it('publishes what is due, in every workspace', async () => {
    const other = await createTestWorkspace(api.queries);
    const [own, others] = [await due({ accounts: 2 }), await due({ team: other })];
    expect(await publisherWith(succeed).tick()).toBe(3);
    const { status, targets } = await stateOf(own);
    expect(status).toBe('PUBLISHED');
    expect(targets[0].permalink).toBe(`https://example.com/${targets[0].id}`);
    expect((await stateOf(others, other)).status).toBe('PUBLISHED');
    expect(await publisherWith(succeed).tick()).toBe(0);
  });

  it('is done at once with what the network refuses', async () => {
    const id = await due();
    await publisherWith(async () => {
      throw new NetworkRefusal('Too loud');
    }).tick();
    expect(await stateOf(id)).toMatchObject({ status: 'FAILED', targets: [{ failureMessage: 'Too loud' }] });
  });

  it('asks a network that fails five times, ever more rarely, and then gives up', async () => {
    const id = await due();
    const asked: string[] = [];
    const publisher = publisherWith(async () => {
      asked.push(api.clock.toISOString().slice(11, 19));
      throw new Error('502 Bad Gateway');
    });
    for (let minute = 0; minute < 30; minute += 1) {
      await publisher.tick();
      if (minute < 15) expect((await stateOf(id)).status).toBe('PUBLISHING');
      api.clock = new Date(api.clock.getTime() + 60_000);
    }
    expect(asked).toEqual(['09:00:00', '09:01:00', '09:03:00', '09:07:00', '09:15:00']);
    const { status, targets } = await stateOf(id);
    expect(status).toBe('FAILED');
    expect(targets[0].failureMessage).toContain('502 Bad Gateway');
  });

  it('does not wait for a network that never answers, and asks again with the same id', async () => {
    const id = await due();
    const ids: string[] = [];
    const silent: Publish = ({ id: targetId }) => {
      ids.push(targetId);
      return new Promise(() => {});
    };
    await publisherWith(silent, { leaseSeconds: 1 }).tick();
    expect((await stateOf(id)).status).toBe('PUBLISHING');
    api.clock = new Date(api.clock.getTime() + 1_000);
    await publisherWith(async (request, signal) => {
      ids.push(request.id);
      return succeed(request, signal);
    }).tick();
    expect((await stateOf(id)).status).toBe('PUBLISHED');
    expect(ids[1]).toBe(ids[0]);
  });

  it('that died between the call and the record is followed by one that repeats the call with the same id', async () => {
    const id = await due();
    const calls: string[] = [];
    const counting: Publish = (request, signal) => {
      calls.push(request.id);
      return succeed(request, signal);
    };
    const dying = publisherWith(counting, {
      execute: (workspaceId, document, variables) =>
        document.includes('recordPublication')
          ? Promise.reject(new Error('killed'))
          : api.runAsSystem(workspaceId, document, variables),
    });
    await dying.tick();
    expect(await publisherWith(counting).tick()).toBe(0);
    api.clock = new Date(api.clock.getTime() + 60_000);
    expect(await publisherWith(counting).tick()).toBe(1);
    expect(calls).toEqual([calls[0], calls[0]]);
    expect((await stateOf(id)).status).toBe('PUBLISHED');
  });

  it('beside another publishes each target once', async () => {
    const ids = [];
    for (let count = 0; count < 5; count += 1) ids.push(await due({ accounts: 3 }));
    const calls: string[] = [];
    const counting: Publish = (request, signal) => {
      calls.push(request.id);
      return succeed(request, signal);
    };
    const publishers = [publisherWith(counting), publisherWith(counting)];
    let claimed: number;
    do claimed = (await Promise.all(publishers.map((publisher) => publisher.tick()))).reduce((a, b) => a + b);
    while (claimed > 0);
    expect(calls.toSorted()).toEqual([...new Set(calls)].sort());
    expect(calls).toHaveLength(15);
    for (const id of ids) expect((await stateOf(id)).status).toBe('PUBLISHED');
  });

  it('holds no transaction while a call is under way', async () => {
    const id = await due();
    let seen: unknown;
    await publisherWith(async (request, signal) => {
      // On the embedded database there is one connection: a transaction held would block this for ever.
      seen = await stateOf(id);
      return succeed(request, signal);
    }).tick();
    expect(seen).toMatchObject({ status: 'PUBLISHING' });
  });

  it('makes no more calls at once than it may', async () => {
    await due({ accounts: 5 });
    let [underWay, most] = [0, 0];
    const publisher = publisherWith(
      async (request, signal) => {
        underWay += 1;
        most = Math.max(most, underWay);
        await api.queries.selectFrom('posts').select('id').execute();
        underWay -= 1;
        return succeed(request, signal);
      },
      { concurrency: 2 },
    );
    expect([await publisher.tick(), await publisher.tick(), await publisher.tick()]).toEqual([2, 2, 1]);
    expect(most).toBe(2);
  });

  it.each([['PAUSED' as const], ['RECONNECT_REQUIRED' as const]])(
    'does not publish on an account that is %s',
    async (status) => {
      const id = await due({ account: { status } });
      let calls = 0;
      await publisherWith(async (request, signal) => {
        calls += 1;
        return succeed(request, signal);
      }).tick();
      expect(calls).toBe(0);
      expect((await stateOf(id)).status).toBe('FAILED');
    },
  );

  it('works by itself once started, and when stopped waits for the calls under way', async () => {
    const id = await due();
    let answer = (_: { permalink: string }) => {};
    const called = new Promise<void>((resolve) => {
      const publisher = publisherWith(() => {
        resolve();
        return new Promise((settle) => {
          answer = settle;
        });
      });
      publisher.start();
      stop = publisher.stop;
    });
    await called;
    const stopped = stop();
    answer({ permalink: 'https://example.com/1' });
    await stopped;
    expect((await stateOf(id)).status).toBe('PUBLISHED');
  });
  let stop = async () => {};
});
