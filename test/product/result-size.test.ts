import { beforeAll, describe, expect, it } from 'vitest';
import type { Magpie, Session } from './magpie.ts';
import { startStocked } from './stocked.ts';

const maxResultChars = 2_000;
const message = `The result is too large: expected at most ${maxResultChars} characters, but got more; ask for less, or for smaller pages.`;

describe.each([
  ['joined from fragments', true],
  ["of Yoga's executor", false],
])('a result, %s,', (_, isJoining) => {
  let magpie: Magpie;
  let owner: Session;
  let conversation: string;
  beforeAll(async () => {
    const stocked = await startStocked({ limits: { maxResultChars }, isJoining });
    ({ magpie, owner } = stocked);
    const { queries } = stocked.database;
    await queries
      .updateTable('posts')
      .set({ text: 'x'.repeat(300) })
      .execute();
    await queries
      .updateTable('messages')
      .set({ text: 'y'.repeat(300) })
      .execute();
    const { conversationId } = await queries
      .selectFrom('messages')
      .select('conversationId')
      .where('workspaceId', '=', owner.workspaceId)
      .groupBy('conversationId')
      .orderBy((eb) => eb.fn.countAll(), 'desc')
      .executeTakeFirstOrThrow();
    conversation = conversationId;
  });

  const ask = async (document: string, headers?: Record<string, string>) =>
    (await magpie.ask(owner.token, document, {}, headers)).json;
  const isTooLarge = (error: { message: string; extensions: { code: string } }) =>
    error.message === message && error.extensions.code === 'RESULT_TOO_LARGE';
  const page = (first: number) => `posts(first: ${first}) { nodes { text } }`;

  it('has no more characters than it may, whatever their number costs', async () => {
    const { data, errors } = await ask(`{ few: ${page(6)} many: ${page(7)} }`);
    expect(JSON.stringify(data).length).toBeLessThan(maxResultChars + 200); // and names
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every(isTooLarge)).toBe(true);
    expect((await ask(`{ ${page(6)} }`)).errors).toBeUndefined();
  });

  it('has no more of what is in memory', async () => {
    const aliases = (count: number) => Array.from({ length: count }, (_, n) => `p${n}: ${page(2)}`).join(' ');
    expect((await ask(`{ ${aliases(3)} }`)).errors).toBeUndefined();
    const { data, errors } = await ask(`{ ${aliases(4)} }`);
    expect(JSON.stringify(data).length).toBeLessThan(maxResultChars + 200); // and names
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every(isTooLarge)).toBe(true);
  });

  it('of a mutation has no more', async () => {
    const mutation = (aliases: number) => {
      const messages = Array.from({ length: aliases }, (_, n) => `m${n}: messages(first: 1) { nodes { text } }`);
      return `mutation { markConversationRead(input: { id: "${conversation}" }) { conversation { ${messages.join(' ')} } } }`;
    };
    expect((await ask(mutation(6))).errors).toBeUndefined();
    const { errors } = await ask(mutation(7));
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every(isTooLarge)).toBe(true);
  });

  it('in parts has no more in all of them', async () => {
    const response = await fetch(magpie.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'multipart/mixed',
        authorization: `Bearer ${owner.token}`,
      },
      body: JSON.stringify({ query: `{ a: ${page(4)} ... @defer { b: ${page(4)} } }` }),
    });
    const text = await response.text();
    expect(text.split('x'.repeat(300))).toHaveLength(5);
    expect(text).toContain(message);
  });
});
