import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Network, NetworkRefusal } from '../../src/domains/accounts/network.ts';
import { createPublisher } from '../../src/domains/posts/publisher.ts';
import { engines } from '../setup/databases.ts';
import { createTestAccount, createTestApi, createTestWorkspace, type TestApi, type TestWorkspace } from './api.ts';
import { type PostMutations, postMutations } from './post-mutations.ts';

const hourMs = 3_600_000;

describe.each(engines)('a post whose calls got no answer, on %s', (engine) => {
  let api: TestApi;
  let workspace: TestWorkspace;
  let posts: PostMutations;
  let social: SocialNetwork;

  beforeAll(async () => {
    api = await createTestApi(engine);
    posts = postMutations(api);
  });

  beforeEach(async () => {
    await api.queries.deleteFrom('workspaces').execute();
    api.clock = new Date('2026-11-22T09:00:00.000Z');
    workspace = await createTestWorkspace(api.queries);
    social = new SocialNetwork(() => api.clock);
  });

  const owner = () => workspace.viewer();
  const wait = (ms: number) => {
    api.clock = new Date(api.clock.getTime() + ms);
  };

  async function publishDue() {
    const quiet = () => {};
    await createPublisher({
      ...{
        queries: api.queries,
        network: social.port,
        execute: api.runAsSystem,
        leaseSeconds: 60,
        now: () => api.clock,
      },
      log: { info: quiet, warn: quiet, error: quiet },
    }).tick();
  }

  /** Lets the publisher make all attempts until it gives up. */
  async function publishUntilGivenUp() {
    for (let minutes = 1; minutes <= 16; minutes *= 2) {
      await publishDue();
      wait(minutes * 60_000);
    }
  }

  /** A post that has FAILED after five calls, of which the network obeyed the first. */
  async function givenUp({ isPublished = true } = {}) {
    const account = await createTestAccount(api.queries, workspace);
    const input = { text: 'Hello', accountIds: [account], scheduledAt: api.clock.toISOString() };
    const { id } = (await posts.create(owner(), input)).post;
    social.fate = isPublished ? 'ANSWER_LOST' : 'UNREACHABLE';
    await publishUntilGivenUp();
    social.fate = 'WELL';
    return { id, account };
  }

  async function stateOf(id: string) {
    const { data } = await api.run(owner(), `{ post(id: "${id}") { status targets { permalink failureMessage } } }`);
    return data.post;
  }
  const found = { status: 'PUBLISHED', targets: [{ permalink: 'https://example.com/Hello' }] };

  it('is said to be published perhaps', async () => {
    const { id } = await givenUp();
    expect(await stateOf(id)).toMatchObject({
      status: 'FAILED',
      targets: [{ failureMessage: expect.stringMatching(/^The post may already be published: .* 5 attempts/) }],
    });
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['retried', (id) => posts.retry(owner(), { id })],
    ['scheduled', (id) => posts.schedule(owner(), { id, at: api.clock.toISOString() })],
    [
      'made a draft and published',
      async (id) => {
        await posts.schedule(owner(), { id, at: api.clock.toISOString() });
        await posts.unschedule(owner(), { id });
        await posts.publish(owner(), { id });
      },
    ],
    [
      'submitted, approved and so scheduled',
      async (id) => {
        await posts.schedule(owner(), { id, at: api.clock.toISOString() });
        await posts.unschedule(owner(), { id });
        await posts.schedule(owner(), { id, at: api.clock.toISOString() });
        await posts.unschedule(owner(), { id });
        await posts.requestApproval(owner(), { id });
        await posts.approve(owner(), { id });
        await posts.publish(owner(), { id });
      },
    ],
    [
      'retried in vain and retried again',
      async (id) => {
        await posts.retry(owner(), { id });
        social.fate = 'UNREACHABLE';
        await publishUntilGivenUp();
        social.fate = 'WELL';
        await posts.retry(owner(), { id });
      },
    ],
    [
      'retried while its account is paused, and once more',
      async (id) => {
        await posts.retry(owner(), { id });
        await api.queries.updateTable('accounts').set({ status: 'PAUSED' }).execute();
        await publishDue();
        expect((await stateOf(id)).targets[0].failureMessage).toMatch(/paused.*may already be published/);
        await api.queries.updateTable('accounts').set({ status: 'CONNECTED' }).execute();
        await posts.retry(owner(), { id });
      },
    ],
  ])('is looked for when it is %s later', async (_case, act) => {
    const { id } = await givenUp();
    wait(5 * hourMs);
    await act(id);
    await publishDue();
    expect(await stateOf(id)).toMatchObject(found);
    expect(social.published).toEqual(['Hello']);
    expect(social.searches.at(-1)).toEqual({ text: 'Hello', since: new Date('2026-11-22T09:00:00.000Z') });
  });

  it('is left for a person to decide when it was sent with more than ten texts', async () => {
    const { id } = await givenUp();
    wait(5 * hourMs);
    await api.queries.updateTable('accounts').set({ status: 'PAUSED' }).execute();
    for (let n = 1; n <= 10; n++) {
      await posts.update(owner(), { id, text: `Hello ${n}` });
      await posts.retry(owner(), { id });
      await publishDue();
    }
    await api.queries.updateTable('accounts').set({ status: 'CONNECTED' }).execute();
    await posts.retry(owner(), { id });
    await publishDue();
    expect((await stateOf(id)).targets[0].failureMessage).toMatch(/^The post may already be published: .*Look for the/);
    expect(social.searches).toEqual([]);
    await posts.retry(owner(), { id });
    await publishDue();
    expect(social.published).toEqual(['Hello', 'Hello 10']);
  });

  it('is sent again with its key within the hour, and looked for later if that was refused', async () => {
    const { id } = await givenUp();
    await posts.retry(owner(), { id });
    social.fate = 'REFUSED';
    await publishDue();
    expect((await stateOf(id)).targets[0].failureMessage).toMatch(/^They blocked you\. .*may already be published/);
    social.fate = 'WELL';
    wait(5 * hourMs);
    await posts.retry(owner(), { id });
    await publishDue();
    expect(await stateOf(id)).toMatchObject(found);
    expect(social.published).toEqual(['Hello']);
  });

  it('is published if it is not found, and is new once the network has refused it', async () => {
    const { id } = await givenUp({ isPublished: false });
    wait(5 * hourMs);
    social.fate = 'REFUSED';
    await posts.retry(owner(), { id });
    await publishDue();
    expect((await stateOf(id)).targets[0].failureMessage).toBe('They blocked you.');
    expect(social.searches).toHaveLength(1);
    social.fate = 'WELL';
    await posts.retry(owner(), { id });
    await publishDue();
    expect(await stateOf(id)).toMatchObject(found);
    expect(social.searches).toHaveLength(1);
    expect(social.published).toEqual(['Hello']);
  });

  it('is left to a person where the network cannot be searched, who retries if it is missing', async () => {
    const { id } = await givenUp({ isPublished: false });
    social.isSearchable = false;
    wait(5 * hourMs);
    await posts.retry(owner(), { id });
    await publishDue();
    expect((await stateOf(id)).targets[0].failureMessage).toMatch(/^The post may already be published.*retry if it is/);
    expect(social.published).toEqual([]);
    await posts.retry(owner(), { id });
    await publishDue();
    expect(await stateOf(id)).toMatchObject(found);
  });

  describe('and whose text was changed', () => {
    it.each([5 * hourMs, 0])('is not published beside what was sent, %s ms later', async (afterMs) => {
      const { id } = await givenUp();
      await posts.update(owner(), { id, text: 'Good day' });
      wait(afterMs);
      await posts.retry(owner(), { id });
      await publishDue();
      expect((await stateOf(id)).targets[0].failureMessage).toMatch(/earlier text: https:\/\/example\.com\/Hello/);
      expect(social.published).toEqual(['Hello']);
    });

    it('is published if neither text is found', async () => {
      const { id, account } = await givenUp({ isPublished: false });
      await posts.update(owner(), { id, textOverrides: [{ accountId: account, text: 'Good day' }] });
      await posts.retry(owner(), { id });
      await publishDue();
      expect(social.searches.map(({ text }) => text)).toEqual(['Hello']);
      expect(social.published).toEqual(['Good day']);
      expect((await stateOf(id)).status).toBe('PUBLISHED');
    });

    it('is looked for with each text that was sent', async () => {
      const { id } = await givenUp({ isPublished: false });
      await posts.update(owner(), { id, text: 'Good day' });
      await posts.retry(owner(), { id });
      social.fate = 'ANSWER_LOST';
      await publishUntilGivenUp();
      social.fate = 'WELL';
      wait(5 * hourMs);
      await posts.retry(owner(), { id });
      await publishDue();
      expect(await stateOf(id)).toMatchObject({
        status: 'PUBLISHED',
        targets: [{ permalink: 'https://example.com/Good day' }],
      });
      expect(social.published).toEqual(['Good day']);
    });
  });

  it('keeps its target on an account where it may be published', async () => {
    const { id, account } = await givenUp();
    const other = await createTestAccount(api.queries, workspace);
    expect((await posts.update(owner(), { id, accountIds: [other] })).userErrors).toMatchObject([
      { code: 'CONFLICT', path: ['input', 'accountIds'], message: expect.stringContaining(account) },
    ]);
    expect((await posts.update(owner(), { id, accountIds: [other, account] })).userErrors).toEqual([]);
    await posts.retry(owner(), { id });
    await publishDue();
    expect((await stateOf(id)).status).toBe('PUBLISHED');
  });
});

type Fate = 'WELL' | 'ANSWER_LOST' | 'UNREACHABLE' | 'REFUSED';

/** A network that remembers keys for an hour. */
class SocialNetwork {
  fate: Fate = 'WELL';
  isSearchable = true;
  readonly published: string[] = [];
  readonly searches: { text: string; since: Date }[] = [];
  readonly #keys = new Map<string, { text: string; atMs: number }>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  readonly port: Network = {
    publish: async ({ id, text }) => {
      if (this.fate === 'REFUSED') throw new NetworkRefusal('They blocked you.');
      if (this.fate === 'UNREACHABLE') throw new TypeError('fetch failed');
      const known = this.#keys.get(id);
      const atMs = this.#now().getTime();
      const isKnown = known !== undefined && atMs - known.atMs < hourMs;
      if (!isKnown) {
        this.published.push(text);
        this.#keys.set(id, { text, atMs });
      }
      if (this.fate === 'ANSWER_LOST') throw new TypeError('fetch failed');
      return { permalink: `https://example.com/${isKnown ? known.text : text}` };
    },
    reply: async () => {},
    idempotentMs: () => hourMs,
    find: async ({ text, since }) => {
      if (!this.isSearchable) throw new NetworkRefusal('no');
      if (this.fate === 'UNREACHABLE') throw new TypeError('fetch failed');
      this.searches.push({ text, since });
      return this.published.includes(text) ? { permalink: `https://example.com/${text}` } : null;
    },
  };
}
