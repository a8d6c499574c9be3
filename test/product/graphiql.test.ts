import pino from 'pino';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInBrowser, launchBrowser } from '../setup/browser.ts';
import { createTestDatabase } from '../setup/databases.ts';
import { signInAs, startMagpie } from './magpie.ts';

describeInBrowser('GraphiQL, opened by a link with a token', { timeout: 60_000 }, () => {
  const logged: string[] = [];
  let browser: Browser;
  let page: Page;
  let url: string;
  let token: string;
  /** Of another member. */
  let otherToken: string;
  const requested: string[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    const database = await createTestDatabase('postgres', { template: 'seeded' });
    const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) });
    const magpie = await startMagpie(database, { log });
    url = new URL(magpie.url).origin;
    const workspaces = await database.queries.selectFrom('workspaces').select('name').orderBy('id').execute();
    const place = workspaces.findIndex(({ name }) => name === 'Lindwurm Coffee Roasters');
    token = (await signInAs(database, 'OWNER', { place })).token;
    otherToken = (await signInAs(database, 'READER', { place })).token;
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
    page.on('request', (request) => requested.push(request.url()));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`${magpie.url}#token=${token}`);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
  });

  const execute = () => page.getByRole('button', { name: /execute/i }).click();
  const shown = (text: string) => page.locator('.graphiql-response').getByText(text).first().waitFor();

  async function openTab(): Promise<void> {
    const tabs = page.locator('.graphiql-tab');
    const before = await tabs.count();
    await page.getByRole('button', { name: /new tab/i }).click();
    await tabs.nth(before).waitFor();
  }

  async function write(text: string, type: 'at once' | 'by hand' = 'at once'): Promise<void> {
    await page.locator('.graphiql-query-editor .monaco-editor').first().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    if (type === 'at once') await page.keyboard.insertText(text);
    else await page.keyboard.type(text, { delay: 20 });
    await taken(text);
  }

  /** GraphiQL takes what its editor shows a moment later; what is executed before runs under the last operation's name. */
  async function taken(text: string): Promise<void> {
    await page.waitForFunction((wanted) => localStorage.getItem('graphiql:query')?.includes(wanted), text);
  }

  /** Runs what the open tab holds and resolves with the answer, which the editor shows in part. */
  async function answer() {
    const [response] = await Promise.all([
      page.waitForResponse((one) => {
        const body = one.request().postData();
        return body !== null && !body.includes('IntrospectionQuery');
      }),
      execute(),
    ]);
    return await response.json();
  }

  it('answers its default query from all ten areas, as whom the link is for', async () => {
    const { data, errors } = await answer();
    expect(errors).toBeUndefined();
    await shown('"Lindwurm Coffee Roasters"');
    expect(data.viewer).toMatchObject({ currentMembership: { role: 'OWNER' } });
    expect(data.settings.timeZone).toBe('Europe/Vienna');
    for (const area of ['templates', 'accounts', 'inbox', 'campaigns', 'aiGenerations', 'posts', 'media'])
      expect([area, data[area].nodes.length]).toEqual([area, expect.toSatisfy((count: number) => count >= 4)]);
    expect(data.analytics.summary.every(({ value }: { value: number }) => value > 0)).toBe(true);
    expect(data.analytics.series[0].points).toHaveLength(28);
    expect(data.calendar.days.some(({ entryCount }: { entryCount: number }) => entryCount > 0)).toBe(true);
    expect(data.inbox.nodes[0].messages.nodes.length).toBeGreaterThan(0);
  });

  it('shows what the schema says of itself', async () => {
    const explorer = page.getByRole('button', { name: /documentation explorer/i });
    await explorer.click();
    await page.getByRole('link', { name: 'Query', exact: true }).click();
    await page.getByText('All queries.').waitFor();
    await page.getByText('A node of any type by its id; null if it does not exist').waitFor();
    await explorer.click();
  });

  it('offers the fields that begin with what is typed', async () => {
    await openTab();
    await write('{ tem', 'by hand');
    const offers = page.locator('.suggest-widget');
    for (const name of ['templates', 'template', 'templateGallery'])
      await offers.getByText(name, { exact: true }).first().waitFor();
    await page.keyboard.press('Escape');
  });

  it('changes data, and shows the change in the next answer of another tab', async () => {
    await write(
      'mutation { createTemplate(input: { title: "Made in GraphiQL", body: "x" }) { template { title } userErrors { message } } }',
    );
    expect(await answer()).toEqual({
      data: { createTemplate: { template: { title: 'Made in GraphiQL' }, userErrors: [] } },
    });
    await shown('"Made in GraphiQL"');
    await page.locator('.graphiql-tab-button').first().click();
    await taken('Magpie: a dashboard');
    const { data } = await answer();
    expect(data.templates.nodes[0].title).toBe('Made in GraphiQL');
  });

  it('shows events as they come', async () => {
    await openTab();
    await write('subscription { cacheInvalidated { typeNames } }');
    await Promise.all([
      page.waitForResponse((response) => response.headers()['content-type']?.startsWith('text/event-stream') ?? false),
      execute(),
    ]);
    const query = 'mutation { updateSettings(input: { brandVoice: "Warm." }) { userErrors { message } } }';
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    await shown('"WorkspaceSettings"');
  });

  it('spoke to this server alone, complained of nothing, and left the token nowhere', async () => {
    expect(requested.filter((one) => !one.startsWith(`${url}/`) && !/^(data|blob):/.test(one))).toEqual([]);
    expect(problems).toEqual([]);
    const kept = await page.evaluate(() => JSON.stringify(localStorage) + document.cookie + location.href);
    expect(kept).toContain('Made in GraphiQL');
    expect(kept).not.toContain(token);
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.join('')).not.toContain(token);
  });

  it('asks before the token of another link takes its place, and forgets the address of each', async () => {
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      void (asked.length === 1 ? dialog.dismiss() : dialog.accept());
    });
    const kept = () => page.evaluate(() => sessionStorage.getItem('magpie:token'));
    // The page decides on a token before it loads its editor, which need not be awaited.
    const early = { waitUntil: 'domcontentloaded' } as const;
    await page.goto(`${url}/graphql#token=of-somebody-else`, early);
    expect([await kept(), page.url()]).toEqual([token, `${url}/graphql`]);
    const query = '{ viewer { currentMembership { role } } }';
    await page.goto(`${url}/graphql?query=${encodeURIComponent(query)}#token=${otherToken}`, early);
    expect(await kept()).toBe(otherToken);
    expect(page.url()).not.toContain(otherToken);
    expect(asked).toHaveLength(2);
    expect(await answer()).toEqual({ data: { viewer: { currentMembership: { role: 'READER' } } } });
    expect(logged.join('')).not.toContain(otherToken);
  });
});
