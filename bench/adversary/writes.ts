import type { Random } from '../../test/product/random.ts';
import type { Expectation } from './expectation.ts';
import { contact, type Space } from './world.ts';

/** A mutation, and what it changes. */
export interface Write {
  readonly mutation: string;
  readonly query: string;
  readonly input: object;
  /** What it moves on. */
  readonly moves: readonly Expectation[];
  /** The text that it writes. */
  readonly text?: string;
  /** The saved reply that it removes. */
  readonly removes?: string;
}

const fewestReplies = 5;
const mostReplies = 25;

/** Makes writes, each with a text of its own. */
export class Writes {
  readonly #random: Random;
  #last = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(space: Space): Write {
    const text = `w${++this.#last}`;
    const dice = this.#random.next();
    if (dice < 0.2) return change(space, 'updateSettings', { brandVoice: text }, { id: space.ids.settings[0]!, text });
    if (dice < 0.35) return this.#changeOne(space, 'templates', { text, field: 'title' });
    if (dice < 0.55) return this.#changeOne(space, 'posts', { text, field: 'text' });
    if (dice < 0.65) return this.#changeOne(space, 'campaigns', { text, field: 'name' });
    if (dice < 0.7) return createPost(space, text);
    if (dice < 0.78) return receiveMessage(space, text);
    if (dice < 0.84) return generateHashtags(space);
    const { size } = space.replies;
    return size > mostReplies || (size > fewestReplies && dice > 0.91) ? this.#deleteReply(space) : createReply(text);
  }

  #changeOne(
    space: Space,
    kind: 'templates' | 'posts' | 'campaigns',
    { text, field }: { text: string; field: string },
  ): Write {
    const id = this.#random.pick(space.ids[kind]);
    const mutation = { templates: 'updateTemplate', posts: 'updatePost', campaigns: 'updateCampaign' }[kind];
    return change(space, mutation, { id, [field]: text }, { id, text });
  }

  #deleteReply(space: Space): Write {
    const removes = space.replies.takeOne((ids) => this.#random.pick(ids));
    const query =
      'mutation ($input: DeleteInput!) { deleteSavedReply(input: $input) { deletedId userErrors { code } } }';
    return { mutation: 'deleteSavedReply', query, input: { id: removes }, moves: [], removes };
  }
}

const payloads: Readonly<Record<string, string>> = {
  updateSettings: 'settings { id revision brandVoice }',
  updateTemplate: 'template { id revision title }',
  updatePost: 'post { id revision text }',
  updateCampaign: 'campaign { id revision name }',
};

function change(space: Space, mutation: string, input: object, { id, text }: { id: string; text: string }): Write {
  return { mutation, query: queryOf(mutation, payloads[mutation]!), input, moves: [space.nodes.get(id)!], text };
}

function createPost({ accountId, postCount }: Space, text: string): Write {
  const input = { text, accountIds: [accountId] };
  return { mutation: 'createPost', query: queryOf('createPost', 'post { id }'), input, moves: [postCount] };
}

function receiveMessage({ accountId, unread, unreadOfAll }: Space, text: string): Write {
  const input = { accountId, contactHandle: contact, text, externalId: text };
  const query = queryOf('receiveMessage', 'conversation { id unreadCount }');
  return { mutation: 'receiveMessage', query, input, moves: [unread, unreadOfAll] };
}

/** The text is always the same, so that all but the first reuse a result: each is a generation of its own, and takes none of the budget. */
function generateHashtags({ generationCount }: Space): Write {
  const query = queryOf('generateHashtags', 'generation { id }');
  return { mutation: 'generateHashtags', query, input: { text: 'coffee' }, moves: [generationCount] };
}

function createReply(title: string): Write {
  const query = queryOf('createSavedReply', 'savedReply { id }');
  return { mutation: 'createSavedReply', query, input: { title, body: 'body' }, moves: [] };
}

function queryOf(mutation: string, payload: string): string {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${payload} userErrors { code } } }`;
}
