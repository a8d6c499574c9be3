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
    reader = await signInAs(database, 'READER', 1);
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
