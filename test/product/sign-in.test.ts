import { beforeAll, describe, expect, it } from 'vitest';
import { demoPassword } from '../../src/domains/demo/seed.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { type Magpie, type Session, signInAs, startMagpie } from './magpie.ts';

describe('signing in as another, with a session of one’s own', () => {
  let database: TestDatabase;
  let magpie: Magpie;
  let owner: Session;
  let reader: Session;

  beforeAll(async () => {
    database = await createTestDatabase('postgres', { template: 'seeded' });
    magpie = await startMagpie(database);
    owner = await signInAs(database, 'OWNER');
    reader = await signInAs(database, 'READER', { place: 1 });
  });

  it('shows the preferences of whom it signs in, as they are now', async () => {
    const { email } = await database.queries
      .selectFrom('users')
      .select('email')
      .where('id', '=', reader.userId)
      .executeTakeFirstOrThrow();
    const signIn =
      'mutation ($input: SignInInput!) { signIn(input: $input) { viewer { email preferences { theme } } userErrors { message } } }';
    const input = { email, password: demoPassword, workspaceId: reader.workspaceId };
    const themes: string[] = [];
    for (const theme of ['DARK', 'LIGHT']) {
      const write =
        'mutation ($input: UpdatePreferencesInput!) { updatePreferences(input: $input) { userErrors { message } } }';
      await magpie.ask(reader.token, write, { input: { theme } });
      const { json } = await magpie.ask(owner.token, signIn, { input });
      themes.push(json.data.signIn.viewer.preferences.theme);
    }
    expect(themes).toEqual(['DARK', 'LIGHT']);
  });
});

describe('guesses', () => {
  const signIn = 'mutation ($input: SignInInput!) { signIn(input: $input) { token userErrors { code } } }';
  const right = { email: 'owner@example.com', password: demoPassword };
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase('postgres', { template: 'seeded' });
    const { userId } = await signInAs(database, 'OWNER');
    await database.queries.updateTable('users').set({ email: right.email }).where('id', '=', userId).execute();
  });

  async function send({ url }: Magpie, input: object, headers: Record<string, string> = {}) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: signIn, variables: { input } }),
    });
    return { status: response.status, headers: response.headers, json: await response.json() };
  }

  it('that were too many are answered with 429, and when to try again', async () => {
    const magpie = await startMagpie(database, { environment: { MAX_SIGN_IN_FAILURES: '2' } });
    for (let guess = 0; guess < 2; guess++)
      expect(await send(magpie, { ...right, password: 'wrong' })).toMatchObject({ status: 200 });
    const { status, headers, json } = await send(magpie, right);
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(json).toEqual({
      data: null,
      errors: [
        expect.objectContaining({
          message: expect.stringMatching(/^Too many attempts to sign in have failed: try again in \d+ s\.$/),
          extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) },
        }),
      ],
    });
  });

  it('of one client do not keep another one out, whose address a trusted proxy says', async () => {
    const environment = { MAX_SIGN_IN_FAILURES: '1', TRUST_PROXY: '1' };
    const magpie = await startMagpie(database, { environment });
    const from = (client: string) => ({ 'x-forwarded-for': client });
    await send(magpie, { ...right, password: 'wrong' }, from('192.0.2.1'));
    expect((await send(magpie, right, from('192.0.2.1'))).status).toBe(429);
    expect((await send(magpie, right, from('192.0.2.2'))).json.data.signIn.userErrors).toEqual([]);
  });

  it('cannot come from an address of one’s own choosing where no proxy is trusted', async () => {
    const magpie = await startMagpie(database, { environment: { MAX_SIGN_IN_FAILURES: '1' } });
    await send(magpie, { ...right, password: 'wrong' }, { 'x-forwarded-for': '192.0.2.1' });
    expect((await send(magpie, right, { 'x-forwarded-for': '192.0.2.2' })).status).toBe(429);
  });

  it('are counted by all servers of a database', async () => {
    const options = { environment: { MAX_SIGN_IN_FAILURES: '1' }, counters: database.counters };
    const [one, other] = [await startMagpie(database, options), await startMagpie(database, options)];
    await send(one, { ...right, email: 'somebody@example.com', password: 'wrong' });
    expect((await send(other, { ...right, email: 'somebody@example.com' })).status).toBe(429);
  });
});

describe('signing in with a credential that is not good any more', () => {
  const signIn = 'signIn(input: { email: "owner@example.com", password: "magpie-demo" }) { token }';
  let magpie: Magpie;
  beforeAll(async () => {
    const database = await createTestDatabase('postgres', { template: 'seeded' });
    const { userId } = await signInAs(database, 'OWNER');
    await database.queries.updateTable('users').set({ email: 'owner@example.com' }).where('id', '=', userId).execute();
    magpie = await startMagpie(database);
  });

  it('gives a new one', async () => {
    const { status, json } = await magpie.ask('mgp_revoked', `mutation { ${signIn} }`);
    expect(status).toBe(200);
    expect((await magpie.ask(json.data.signIn.token, '{ workspace { id } }')).status).toBe(200);
  });

  it('does nothing beside what is for members', async () => {
    const { status, json } = await magpie.ask('mgp_revoked', `mutation { ${signIn} signOut { hasEnded } }`);
    expect(status).toBe(401);
    expect(json.data).toBeUndefined();
  });
});

describe('a session more than a member may have', () => {
  it('ends the oldest one from its next request on', async () => {
    const database = await createTestDatabase('postgres', { template: 'seeded' });
    const magpie = await startMagpie(database, { environment: { MAX_SESSIONS: '2' } });
    const { userId, token: old } = await signInAs(database, 'OWNER');
    const { token: middle } = await signInAs(database, 'OWNER');
    const ask = async (token: string) => (await magpie.ask(token, '{ workspace { id } }')).status;
    expect([await ask(old), await ask(middle)]).toEqual([200, 200]);
    const { email } = await database.queries
      .selectFrom('users')
      .select('email')
      .where('id', '=', userId)
      .executeTakeFirstOrThrow();
    const signIn = 'mutation ($input: SignInInput!) { signIn(input: $input) { token } }';
    const anonymous = await fetch(magpie.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: signIn, variables: { input: { email, password: demoPassword } } }),
    });
    const { token } = (await anonymous.json()).data.signIn;
    expect([await ask(old), await ask(middle), await ask(token)]).toEqual([401, 200, 200]);
  });
});
