import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, engines } from '../setup/databases.ts';
import { type Magpie, type Session, signInAs, startMagpie } from './magpie.ts';

const page = '{ templates(first: 5) { nodes { id title } } posts(first: 20) { nodes { id text author { name } } } }';
const rename = `mutation($input: UpdateTemplateInput!) { updateTemplate(input: $input) { userErrors { message } } }`;

describe.each(engines)('many who ask for the same page right after a write, on %s', (engine) => {
  let magpie: Magpie;
  let plain: Magpie;
  let owner: Session;

  beforeAll(async () => {
    const database = await createTestDatabase(engine, { template: 'seeded' });
    magpie = await startMagpie(database);
    plain = await startMagpie(database, { isCaching: false });
    owner = await signInAs(database, 'OWNER');
  });

  it('are all told what it changed, whether theirs was made for them or for another', async () => {
    const ask = () => magpie.ask(owner.token, page);
    const [first] = (await ask()).json.data.templates.nodes;
    await ask();
    const lookups = () => magpie.engine.cache.snapshot().total.lookups;
    const before = lookups();
    await ask();
    const ofOne = lookups() - before;
    const statuses = new Set<string>();
    for (let round = 0; round < 10; round++) {
      const title = `Title ${round}`;
      await magpie.ask(owner.token, rename, { input: { id: first.id, title } });
      const counted = lookups();
      const answers = await Promise.all(Array.from({ length: 30 }, ask));
      expect(lookups() - counted).toBe(30 * ofOne);
      const { text } = await plain.ask(owner.token, page);
      expect(text).toContain(title);
      expect(new Set(answers.map((answer) => answer.text))).toEqual(new Set([text]));
      for (const { headers } of answers) statuses.add(headers.get('cache-status')!.replace(/\d+/, 'n'));
    }
    expect(statuses).toContain('Magpie; fwd=partial; stored');
    expect(statuses).toContain('Magpie; fwd=partial; collapsed');
  });

  it.each([
    ['POST', 'identity'],
    ['POST', 'gzip'],
    ['GET', 'identity'],
    ['GET', 'gzip'],
  ])('are told by %s, with %s, what the pipeline would say, headers and all', async (method, coding) => {
    const ask = async ({ url }: Magpie) => {
      const headers = { authorization: `Bearer ${owner.token}`, 'accept-encoding': coding };
      const body = JSON.stringify({ query: page });
      const response =
        method === 'GET'
          ? await fetch(`${url}?query=${encodeURIComponent(page)}`, { headers })
          : await fetch(url, {
              method,
              body,
              headers: { ...headers, 'content-type': 'application/json' },
            });
      const named = new Map(response.headers);
      for (const name of ['x-request-id', 'date']) named.delete(name);
      return { status: named.get('cache-status'), headers: named, json: await response.json() };
    };
    const [template] = (await ask(magpie)).json.data.templates.nodes;
    for (let time = 0; time < 3; time++) await ask(magpie); // until it is remembered
    const title = `“${method} ${coding}”`;
    await magpie.ask(owner.token, rename, { input: { id: template.id, title } });
    const before = magpie.hotAnswers();
    const made = await ask(magpie);
    expect([made.status, magpie.hotAnswers()]).toEqual(['Magpie; fwd=partial; stored', before + 1]);
    const expected = await ask(plain);
    expect(expected.json.data.templates.nodes[0].title).toBe(title);
    for (const answer of [made, expected]) answer.headers.delete('cache-status');
    expect(made).toEqual({ ...expected, status: made.status });
    expect(made.headers.get('content-encoding')).toBe(coding === 'gzip' ? 'gzip' : undefined);
    expect((await ask(magpie)).status).toMatch(/^Magpie; hit; ttl=/);
  });
});
