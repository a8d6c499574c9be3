import type { StageWorkspace } from '../http/stage.ts';
import { Collection } from './collection.ts';
import { Expectation, type Reading, Timeline } from './expectation.ts';
import type { Answer, Host } from './host.ts';
import type { Postgres } from './postgres.ts';

/** What of a workspace is written and read. */
export interface Space {
  readonly workspaceId: string;
  readonly token: string;
  readonly accountId: string;
  readonly conversationId: string;
  /** By the ids of nodes that have a revision. */
  readonly nodes: ReadonlyMap<string, Expectation>;
  readonly ids: Readonly<Record<'settings' | 'templates' | 'posts' | 'campaigns', readonly string[]>>;
  readonly postCount: Expectation;
  /** Of AI, whose values are loaded by one process at a time. */
  readonly generationCount: Expectation;
  readonly unread: Expectation;
  readonly unreadOfAll: Expectation;
  readonly replies: Collection;
}

export interface World {
  readonly timeline: Timeline;
  readonly spaces: readonly Space[];
  /** A replica has become the primary: what it has is expected from now on. Returns how much was lost that was acknowledged. */
  failOver(primary: Postgres): Promise<number>;
  /** All that is expected. */
  everything(): (Expectation | Collection)[];
}

export const databaseName = 'adversary';
export const contact = 'adversary';
const nodesOfEach = 3;

/** Makes what is written, by mutations at one process, and begins with what the database has then. */
export async function createWorld(host: Host, database: Postgres, stage: readonly StageWorkspace[]): Promise<World> {
  const timeline = new Timeline();
  const spaces: Space[] = [];
  for (const { token, ids } of stage.slice(0, 2))
    spaces.push(await createSpace(host, { token, ids, timeline, database }));
  return {
    ...{ timeline, spaces },
    everything: () =>
      spaces.flatMap(({ nodes, postCount, generationCount, unread, unreadOfAll, replies }) => [
        ...nodes.values(),
        ...[postCount, generationCount, unread, unreadOfAll, replies],
      ]),
    async failOver(primary) {
      let lost = 0;
      const stored = await Promise.all(spaces.map((space) => readStored(primary, space.workspaceId)));
      timeline.failOver();
      for (const [index, space] of spaces.entries()) {
        const { nodes, postCount, generationCount, unread, unreadOfAll, replies } = stored[index]!;
        for (const [id, expectation] of space.nodes) lost += expectation.restart(nodes.get(id)!);
        lost += space.postCount.restart({ level: postCount });
        lost += space.generationCount.restart({ level: generationCount });
        lost += space.unread.restart({ level: unread.get(space.conversationId)! });
        space.unreadOfAll.restart({ level: unreadOfAll });
        lost += space.replies.restart(replies);
      }
      return lost;
    },
  };
}

async function createSpace(
  host: Host,
  { token, ids, timeline, database }: StageWorkspace & { timeline: Timeline; database: Postgres },
): Promise<Space> {
  const accountId = ids.accounts[0]!;
  const make = async (mutation: string, input: object, field: string) => {
    const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${field} { id } userErrors { message } } }`;
    const { json } = await host.ask(token, query, { input });
    const id: string | undefined = json.data?.[mutation]?.[field]?.id;
    if (id === undefined) throw new Error(`expected ${mutation} to make something, but got ${JSON.stringify(json)}`);
    return id;
  };
  const times = async (one: () => Promise<string>) => {
    const made: string[] = [];
    while (made.length < nodesOfEach) made.push(await one());
    return made;
  };
  const templates = await times(() => make('createTemplate', { title: 'begin', body: 'body' }, 'template'));
  const posts = await times(() => make('createPost', { text: 'begin', accountIds: [accountId] }, 'post'));
  const campaigns = await times(() => make('createCampaign', { name: 'begin' }, 'campaign'));
  const message = { accountId, contactHandle: contact, text: 'begin', externalId: `begin ${token.slice(-6)}` };
  const conversationId = await make('receiveMessage', message, 'conversation');
  const { json } = await host.ask(token, '{ settings { id } }');
  const settingsId: string = json.data.settings.id;
  const ofSettings = 'select workspace_id from settings where id = $1';
  const [row] = await database.query<{ workspace_id: string }>(ofSettings, [settingsId], databaseName);
  const workspaceId = row!.workspace_id;
  const stored = await readStored(database, workspaceId);
  const known = { settings: [settingsId], templates, posts, campaigns };
  const nodes = Object.values(known)
    .flat()
    .map((id) => [id, new Expectation(id, timeline, stored.nodes.get(id)!)] as const);
  return {
    ...{ workspaceId, token, accountId, conversationId, ids: known, nodes: new Map(nodes) },
    postCount: new Expectation(`posts of ${workspaceId}`, timeline, { level: stored.postCount }),
    generationCount: new Expectation(`generations of ${workspaceId}`, timeline, { level: stored.generationCount }),
    unread: new Expectation(conversationId, timeline, { level: stored.unread.get(conversationId)! }),
    unreadOfAll: new Expectation(`inbox of ${workspaceId}`, timeline, { level: stored.unreadOfAll }),
    replies: new Collection(`saved replies of ${workspaceId}`, timeline, stored.replies),
  };
}

export interface Stored {
  readonly nodes: ReadonlyMap<string, Reading>;
  readonly postCount: number;
  readonly generationCount: number;
  readonly unread: ReadonlyMap<string, number>;
  readonly unreadOfAll: number;
  readonly replies: readonly string[];
}

/** What the database has, past all processes. */
export async function readStored(database: Postgres, workspaceId: string): Promise<Stored> {
  const rows = async <Row extends Record<string, unknown>>(text: string) =>
    await database.query<Row>(text, [workspaceId], databaseName);
  const nodes = await rows<{ id: string; level: number; text: string }>(`
    select id, revision as level, brand_voice as text from settings where workspace_id = $1
    union all select id, revision, title from templates where workspace_id = $1
    union all select id, revision, text from posts where workspace_id = $1
    union all select id, revision, name from campaigns where workspace_id = $1`);
  const unread = await rows<{ id: string; count: number; isOpen: boolean }>(
    `select id, unread_count as count, status = 'OPEN' as "isOpen" from conversations where workspace_id = $1`,
  );
  const [posts] = await rows<{ count: number }>('select count(*)::int from posts where workspace_id = $1');
  const [generations] = await rows<{ count: number }>(
    'select count(*)::int from ai_generations where workspace_id = $1',
  );
  const replies = await rows<{ id: string }>('select id from saved_replies where workspace_id = $1');
  return {
    nodes: new Map(nodes.map(({ id, ...reading }) => [id, reading])),
    postCount: posts!.count,
    generationCount: generations!.count,
    unread: new Map(unread.map(({ id, count }) => [id, count])),
    unreadOfAll: unread.filter(({ isOpen }) => isOpen).reduce((sum, { count }) => sum + count, 0),
    replies: replies.map(({ id }) => id),
  };
}

/** What a read has to satisfy, as it was when the read was sent. */
export type Bounds = (answer: Answer['json']['data']) => { of: Expectation | Collection; problem: string }[];

/** Notes what is acknowledged now. The result tells what is wrong with the answer to a read that is sent now. */
export function boundsOf(space: Space): Bounds {
  const all = [...space.nodes.values(), space.postCount, space.generationCount, space.unread, space.unreadOfAll];
  const bounds = new Map(all.map((expectation) => [expectation, expectation.bound()]));
  const listed = space.replies.bound();
  return (data) => {
    const problems: { of: Expectation | Collection; problem: string }[] = [];
    const note = (of: Expectation | Collection, problem: string | undefined) => {
      if (problem !== undefined) problems.push({ of, problem });
    };
    const level = (of: Expectation, reading: Reading) => note(of, of.check(bounds.get(of)!, reading));
    const visit = (value: unknown) => {
      if (Array.isArray(value)) for (const item of value) visit(item);
      if (typeof value !== 'object' || value === null) return;
      const { id, revision, unreadCount } = value as { id?: string; revision?: number; unreadCount?: number };
      const node = id === undefined ? undefined : space.nodes.get(id);
      if (node && revision !== undefined) level(node, { level: revision, text: textOf(value) });
      if (id === space.conversationId && unreadCount !== undefined) level(space.unread, { level: unreadCount });
      for (const part of Object.values(value)) visit(part);
    };
    visit(data);
    for (const name of ['settings', 'template', 'post', 'campaign'])
      if (data?.[name] && !space.nodes.has(data[name].id))
        note(space.postCount, `FOREIGN: expected ${name} of the workspace, but got ${data[name].id}`);
    const { posts, aiGenerations, inboxSummary, savedReplies } = data ?? {};
    if (aiGenerations) level(space.generationCount, { level: aiGenerations.totalCount });
    if (posts?.totalCount !== undefined) level(space.postCount, { level: posts.totalCount });
    if (inboxSummary) level(space.unreadOfAll, { level: inboxSummary.unreadCount });
    if (savedReplies)
      note(
        space.replies,
        space.replies.check(
          listed,
          savedReplies.map((reply: { id: string }) => reply.id),
        ),
      );
    return problems;
  };
}

function textOf(value: object): string | undefined {
  const { title, text, name, brandVoice } = value as Record<string, string | undefined>;
  return title ?? text ?? name ?? brandVoice;
}
