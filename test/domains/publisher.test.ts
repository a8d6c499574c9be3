import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Network, NetworkFailure, NetworkRefusal } from '../../src/domains/accounts/network.ts';
import { createPublisher, type PublisherOptions } from '../../src/domains/posts/publisher.ts';
import type { NetworkName } from '../../src/generated/schema.ts';
import { engines } from '../setup/databases.ts';
import { createGate } from '../setup/gates.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { postMutations } from './post-mutations.ts';

type Publish = Network['publish'];

const doubt =
  'The post may already be published: it got no clear answer in 5 attempts. A retry does not publish it twice.';

describe.each(engines)('a publisher on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;

  beforeAll(async () => {
    api = await createTestApi(engine);
  });

  beforeEach(async () => {
    await api.queries.deleteFrom('workspaces').execute(); // with all that is due
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

  it('keeps U+FFFD for what a network says that cannot be stored', async () => {
    const [published, failed] = [await due(), await due()];
    const refused = (await stateOf(failed)).targets[0].id;
    await publisherWith(async ({ id, uploads }) => {
      await uploads.add('media_1', 'up\0load\ud800');
      if (id === refused) throw new NetworkRefusal('Too \ud83d loud\0');
      return { permalink: `https://example.com/\udc00\0` };
    }).tick();
    expect((await stateOf(published)).targets).toMatchObject([{ permalink: 'https://example.com/\ufffd\ufffd' }]);
    expect((await stateOf(failed)).targets).toMatchObject([{ failureMessage: 'Too \ufffd loud\ufffd' }]);
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
      throw new NetworkFailure('Mastodon failed internally (HTTP 502): try again later.');
    });
    for (let minute = 0; minute < 30; minute += 1) {
      await publisher.tick();
      if (minute < 15) expect((await stateOf(id)).status).toBe('PUBLISHING');
      api.clock = new Date(api.clock.getTime() + 60_000);
    }
    expect(asked).toEqual(['09:00:00', '09:01:00', '09:03:00', '09:07:00', '09:15:00']);
    const { status, targets } = await stateOf(id);
    expect(status).toBe('FAILED');
    expect(targets[0].failureMessage).toBe(
      `${doubt} The last error: Mastodon failed internally (HTTP 502): try again later.`,
    );
  });

  it.each([
    new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 10.0.0.7:443') }),
    new Error('getaddrinfo ENOTFOUND https://social.internal/api?access_token=secret'),
    new SyntaxError('Unexpected token \'<\', "<html>secret" is not valid JSON'),
    Object.assign(new Error('duplicate key value violates unique constraint'), { code: '23505', severity: 'ERROR' }),
    { secret: 'not even an error' },
  ])('tells members nothing of an error that was written for the log: %s', async (error) => {
    const id = await due();
    const logged: unknown[] = [];
    const warn = (details: object, message: string) => {
      if (message === 'publisher: gave up') logged.push((details as { err: unknown }).err);
    };
    const failing: Publish = () => Promise.reject(error);
    const publisher = publisherWith(failing, { log: { info: () => {}, error: () => {}, warn } });
    for (let minutes = 1; minutes <= 16; minutes *= 2) {
      await publisher.tick();
      api.clock = new Date(api.clock.getTime() + minutes * 60_000);
    }
    expect((await stateOf(id)).targets[0].failureMessage).toBe(
      `${doubt} The last error: The network did not respond: try again later.`,
    );
    expect(logged).toEqual([error]);
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

  describe('with a network that hangs', () => {
    /** Calls to a network that hangs until it is let go. */
    function hanging(network: NetworkName) {
      const held: { end(): void }[] = [];
      const publish: Publish = (request, signal) => {
        if (request.account.network !== network) return succeed(request, signal);
        return new Promise((resolve) => {
          held.push({ end: () => resolve({ permalink: 'https://example.com/late' }) });
        });
      };
      return { held, publish };
    }

    it('publishes on the others, for the same workspace and for others', async () => {
      const other = await createTestWorkspace(api.queries);
      const stuck = await due({ accounts: 20, account: { network: 'MASTODON' } });
      const [ours, theirs] = [
        await due({ account: { network: 'X' } }),
        await due({ team: other, account: { network: 'X' } }),
      ];
      const { held, publish } = hanging('MASTODON');
      const publisher = publisherWith(publish, { slots: { perNetwork: 8, perWorkspace: 4 } });
      const round = publisher.tick();
      await vi.waitFor(async () => {
        expect((await stateOf(ours)).status).toBe('PUBLISHED');
        expect((await stateOf(theirs, other)).status).toBe('PUBLISHED');
      });
      expect(held).toHaveLength(4);
      for (const { end } of held) end();
      expect(await round).toBe(6);
      expect((await stateOf(stuck)).status).toBe('PUBLISHING');
    });

    it('leaves room on it for other workspaces, whose turn it is', async () => {
      const other = await createTestWorkspace(api.queries);
      await due({ accounts: 20, account: { network: 'MASTODON' } });
      const { held, publish } = hanging('MASTODON');
      const publisher = publisherWith(publish, { slots: { perNetwork: 8, perWorkspace: 4 } });
      const first = publisher.tick();
      await vi.waitFor(() => expect(held).toHaveLength(4));
      const theirs = await due({ team: other, account: { network: 'MASTODON' } });
      const second = publisher.tick();
      await vi.waitFor(() => expect(held).toHaveLength(5));
      for (const { end } of held) end();
      await Promise.all([first, second]);
      expect((await stateOf(theirs, other)).status).toBe('PUBLISHED');
    });

    it('gives its calls as long as their claims allow, twice as long each time', async () => {
      await due();
      const limits: number[] = [];
      const publisher = publisherWith(
        (_request, signal) => {
          return new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          });
        },
        {
          leaseSeconds: 1,
          log: { info: () => {}, error: () => {}, warn: (details) => limits.push(millisecondsIn(details)) },
        },
      );
      await publisher.tick();
      api.clock = new Date(api.clock.getTime() + 1_000);
      await publisher.tick();
      expect(limits).toEqual([500, 1_000]);
    });

    it('stops all the same, and leaves the call to the next publisher', async () => {
      const id = await due();
      let called = () => {};
      const isCalled = new Promise<void>((resolve) => {
        called = resolve;
      });
      const publisher = publisherWith(
        () => {
          called();
          return new Promise(() => {});
        },
        { stopMs: 0 },
      );
      publisher.start();
      await isCalled;
      await publisher.stop();
      expect((await stateOf(id)).status).toBe('PUBLISHING');
    });
  });

  describe('whose earlier call was cut off', () => {
    const cutOff: Publish = async () => {
      throw new Error('socket hang up');
    };
    /** A post whose first call had no answer, and a publisher that comes `afterMs`. */
    async function later(afterMs: number, find?: Network['find']) {
      const id = await due();
      await publisherWith(cutOff).tick();
      api.clock = new Date(api.clock.getTime() + afterMs);
      const calls: string[] = [];
      const network: Network = {
        publish: (request, signal) => {
          calls.push(request.id);
          return succeed(request, signal);
        },
        reply: async () => {},
        idempotentMs: () => 3_600_000,
        ...(find && { find }),
      };
      await publisherWith(network.publish, { network }).tick();
      return { state: await stateOf(id), calls };
    }

    it('repeats it while the network remembers its id', async () => {
      const { state, calls } = await later(3_000_000, async () => {
        throw new Error('expected no search');
      });
      expect([state.status, calls.length]).toEqual(['PUBLISHED', 1]);
    });

    it('looks for the post afterwards, and does not publish what it finds', async () => {
      const asked: object[] = [];
      const begun = api.clock;
      const { state, calls } = await later(7_200_000, async ({ text, since }) => {
        asked.push({ text, since });
        return { permalink: 'https://example.com/found' };
      });
      expect(state).toMatchObject({ status: 'PUBLISHED', targets: [{ permalink: 'https://example.com/found' }] });
      expect(calls).toEqual([]);
      expect(asked).toEqual([{ text: 'Hello', since: begun }]);
    });

    it('publishes what it does not find', async () => {
      const { state, calls } = await later(7_200_000, async () => null);
      expect([state.status, calls.length]).toEqual(['PUBLISHED', 1]);
    });

    it.each([
      ['cannot be asked', undefined],
      [
        'does not let it look',
        async () => {
          throw new NetworkRefusal('no');
        },
      ],
    ])('leaves it to a person when the network %s', async (_case, find) => {
      const { state, calls } = await later(7_200_000, find);
      expect(state).toMatchObject({
        status: 'FAILED',
        targets: [{ failureMessage: expect.stringContaining('The post may already be published') }],
      });
      expect(calls).toEqual([]);
    });
  });

  it('keeps which files the network took, for the next call and until it is published', async () => {
    const id = await due();
    const seen: (string | undefined)[] = [];
    const publish: Publish = async (request, signal) => {
      seen.push(request.uploads.of('media_1'));
      await request.uploads.add('media_1', 'upload 7');
      if (seen.length === 1) throw new Error('still processing');
      return succeed(request, signal);
    };
    const publisher = publisherWith(publish);
    await publisher.tick();
    api.clock = new Date(api.clock.getTime() + 60_000);
    await publisher.tick();
    expect(seen).toEqual([undefined, 'upload 7']);
    expect((await stateOf(id)).status).toBe('PUBLISHED');
    const kept = await api.queries.selectFrom('postTargets').select('uploads').where('postId', '=', id).execute();
    expect(kept).toEqual([{ uploads: {} }]);
  });

  describe('that cannot claim for one workspace', () => {
    /** A publisher whose claims for `workspace` are replaced. The workspace is the first in the order of due targets. */
    function claiming(
      claimOf: (claim: () => Promise<unknown>) => Promise<unknown>,
      options: Partial<PublisherOptions> = {},
    ) {
      const errors: [object, string][] = [];
      const publisher = publisherWith(succeed, {
        execute: (workspaceId, document, variables) =>
          workspaceId === workspace.id && document.includes('claimTargets')
            ? claimOf(() => api.runAsSystem(workspaceId, document, variables))
            : api.runAsSystem(workspaceId, document, variables),
        log: { info: () => {}, warn: () => {}, error: (...line) => errors.push(line) },
        ...options,
      });
      return { publisher, errors };
    }
    /** A post of another workspace that is due later. */
    async function dueElsewhere() {
      const other = await createTestWorkspace(api.queries);
      api.clock = new Date(api.clock.getTime() + 1_000);
      const id = await due({ team: other });
      return { status: async () => (await stateOf(id, other)).status };
    }

    it('publishes for the others when it fails, and tells the log', async () => {
      await due();
      const theirs = await dueElsewhere();
      const error = new Error('expected a connection within 30 s, but got none');
      const { publisher, errors } = claiming(() => Promise.reject(error), { claims: { atOnce: 1 } });
      expect(await publisher.tick()).toBe(1);
      expect(await theirs.status()).toBe('PUBLISHED');
      const details = { workspaceId: workspace.id, network: expect.anything(), err: error };
      expect(errors).toEqual([[details, 'publisher: could not claim for a workspace; trying again']]);
    });

    it('publishes for the others while it hangs, also what is due later, and waits for it when stopped', async () => {
      const own = await due();
      const [first, gate] = [await dueElsewhere(), createGate<void>()];
      let claims = 0;
      const { publisher } = claiming(
        async (claim) => {
          claims += 1;
          await gate.promise;
          return claim();
        },
        { claims: { atOnce: 1, patienceMs: 1 }, pollMs: 1 },
      );
      publisher.start();
      await vi.waitFor(async () => expect(await first.status()).toBe('PUBLISHED'));
      const second = await dueElsewhere();
      await vi.waitFor(async () => expect(await second.status()).toBe('PUBLISHED'));
      expect(claims).toBe(1);
      let isStopped = false;
      const stopped = publisher.stop().then(() => {
        isStopped = true;
      });
      expect((await stateOf(own)).status).toBe('SCHEDULED');
      expect(isStopped).toBe(false);
      gate.open();
      await stopped;
      expect((await stateOf(own)).status).toBe('PUBLISHED');
    });

    it('gives the places of that claim back', async () => {
      const own = await due();
      let claims = 0;
      const { publisher } = claiming((claim) => (claims++ === 0 ? Promise.reject(new Error('too late')) : claim()), {
        slots: { perNetwork: 1, perWorkspace: 1 },
      });
      await expect(publisher.tick()).rejects.toThrow('too late');
      expect(await publisher.tick()).toBe(1);
      expect((await stateOf(own)).status).toBe('PUBLISHED');
    });
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
      { slots: { perNetwork: 2, perWorkspace: 4 } },
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

/** The time limit that an error of a call names. */
function millisecondsIn(details: object): number {
  return Number(/within (\d+) ms/.exec(String((details as { err: Error }).err.message))?.[1]);
}
