import { type DocumentNode, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, engines } from '../setup/databases.ts';
import { type Magpie, type Session, signInAs, startMagpie } from './magpie.ts';

const page = `query Page {
  viewer { email user { name } currentMembership { role workspace { name } } preferences { theme } }
  workspace { id name }
  settings { timeZone requiresApproval }
  accounts { totalCount nodes { id network handle status followerCount } }
  analytics { summary { metric value changeRatio } series(metrics: [VIEWS, ENGAGEMENTS]) { metric points { date value } } topPosts { value post { id text } } }
  calendar(range: { preset: THIS_MONTH }) { days { date entryCount entries { __typename ... on Post { id text status author { name } } ... on CalendarNote { text author { name } } } } }
  inbox { totalCount nodes { id snippet assignee { name } account { handle } messages(first: 5) { totalCount nodes { text author { name } } } } }
  posts { totalCount nodes { id text status author { name } campaign { name } template { title } metrics { views } targets { status account { handle } } media { url altText } } }
  templates { totalCount nodes { id title usageCount author { name } } }
  campaigns { nodes { id name postCount owner { name } posts(first: 3) { nodes { id text } } analytics { summary { metric value } } } }
  media { totalCount nodes { id url usageCount } }
  aiGenerations { nodes { id suggestions { text } model { name } requestedBy { name } } }
}`;

/** Root fields, and fields beneath that are looked up: edges, reverse edges, counts. */
function lookedUp({ engine }: Magpie, document: DocumentNode): string[] {
  const types = new TypeInfo(engine.schema);
  const found: string[] = [];
  visit(
    document,
    visitWithTypeInfo(types, {
      Field({ name }) {
        const parent = types.getParentType()!.name;
        const kind = engine.plans.get(`${parent}.${name.value}`)?.kind;
        if (parent === 'Query' || kind === 'edge' || kind === 'cached' || kind === 'dependent' || parent === 'Viewer')
          found.push(`${parent}.${name.value}`);
      },
    }),
  );
  return found;
}

describe.each(engines)('the page over all ten areas, on %s', (engine) => {
  let statements: string[] = [];
  let magpie: Magpie;
  let owner: Session;

  beforeAll(async () => {
    const database = await createTestDatabase(engine, {
      template: 'seeded',
      onStatement: (sql) => void statements.push(sql),
    });
    magpie = await startMagpie(database);
    owner = await signInAs(database, 'OWNER');
  });

  it('answers in one round trip with believable rows in every part', async () => {
    const { status, json } = await magpie.ask(owner.token, page);
    expect({ status, errors: json.errors }).toEqual({ status: 200, errors: undefined });
    for (const [name, part] of Object.entries<Record<string, unknown>>(json.data)) {
      expect([name, part]).not.toEqual([name, null]);
      if ('nodes' in part) expect([name, (part.nodes as unknown[]).length > 3]).toEqual([name, true]);
    }
    expect(json.data.calendar.days.length).toBeGreaterThanOrEqual(28);
    expect(json.data.analytics.summary.map(({ value }: { value: number | null }) => value)).not.toContain(null);
  });

  it('takes at most one statement a root field and edge when nothing is cached', async () => {
    magpie.engine.cache.clear();
    statements = [];
    await magpie.ask(owner.token, page);
    const allowed = lookedUp(magpie, parse(page));
    expect(statements.length).toBeGreaterThan(12); // the root fields alone
    expect(statements.length).toBeLessThanOrEqual(allowed.length);
  });

  it('takes none for what is cached', async () => {
    const cachedPage = page.replace(/ {2}viewer .*\n/, '');
    await magpie.ask(owner.token, cachedPage);
    statements = [];
    const { headers } = await magpie.ask(owner.token, cachedPage);
    expect({ statements, status: headers.get('cache-status') }).toEqual({
      statements: [],
      status: expect.stringMatching(/^Magpie; hit; ttl=\d+$/),
    });
  });

  it('shows a write in the next answer', async () => {
    const before = await magpie.ask(owner.token, page);
    const { id } = before.json.data.templates.nodes[0];
    const write =
      'mutation ($input: UpdateTemplateInput!) { updateTemplate(input: $input) { template { title } userErrors { message } } }';
    await magpie.ask(owner.token, write, { input: { id, title: 'Seen at once' } });
    const after = await magpie.ask(owner.token, page);
    expect(after.json.data.templates.nodes[0].title).toBe('Seen at once');
    expect(after.json.data.calendar).toEqual(before.json.data.calendar);
    expect(after.headers.get('cache-status')).toContain('fwd=partial');
  });
});
