import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../setup/databases.ts';

describe.each(engines)('a database on %s', (engine) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(engine);
  });

  it('reads each type alike', async () => {
    const { rows } = await sql`
      select timestamptz '2026-11-22 12:00:00.97+02' as instant, date '2026-11-22' as day, count(*) as count,
        9007199254740991::int8 as whole, 1.50::numeric as amount, '{"snake_key": [1, null]}'::jsonb as document,
        array['a', null, 'b,c'] as texts, array[timestamptz 'epoch'] as instants, true as truth, null as nothing
    `.execute(database.queries);
    expect(rows).toEqual([
      {
        instant: '2026-11-22T10:00:00.970Z',
        day: '2026-11-22',
        count: 1,
        whole: Number.MAX_SAFE_INTEGER,
        amount: '1.50',
        document: { snake_key: [1, null] },
        texts: ['a', null, 'b,c'],
        instants: ['1970-01-01T00:00:00.000Z'],
        truth: true,
        nothing: null,
      },
    ]);
  });
});
