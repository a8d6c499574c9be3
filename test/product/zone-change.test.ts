import { execute, parse } from 'graphql';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { signInAs, startMagpie, TestTime } from './magpie.ts';

const december =
  'query December { calendar(range: { between: { from: "2026-12-01", to: "2026-12-02" } }) { days { date entryCount } } }';

it('a post that is written while the time zone changes is in the calendar of the new zone', async () => {
  const database = await createTestDatabase('postgres', { template: 'seeded' });
  const time = new TestTime();
  const cached = await startMagpie(database, { time });
  const plain = await startMagpie(database, { time, isCaching: false });
  const { token } = await signInAs(database, 'OWNER');
  const setZone = (zone: string) =>
    cached.ask(token, `mutation { updateSettings(input: { timeZone: "${zone}" }) { settings { timeZone } } }`);
  const { data } = (await cached.ask(token, '{ accounts(first: 1) { nodes { id } } }')).json;

  await setZone('America/New_York');
  const viewer = await cached.engine.authenticate(token);
  const contextValue = cached.engine.contextFor({ viewer, requestId: 'begun before', isDebugging: false });
  await setZone('Asia/Tokyo');
  await cached.ask(token, december);
  const document = parse(`mutation { createPost(input: {
    text: "Hello", accountIds: ["${data.accounts.nodes[0].id}"], scheduledAt: "2026-11-30T20:00:00Z"
  }) { userErrors { message } } }`);
  const { schema } = cached.engine;
  const written = await cached.engine.execute({ schema, document, contextValue }, execute);
  expect(written).toMatchObject({ data: { createPost: { userErrors: [] } } });

  expect((await cached.ask(token, december)).text).toBe((await plain.ask(token, december)).text);
});
