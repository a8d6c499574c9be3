import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Queries } from '../../src/database/database.ts';
import { createTestDatabase } from '../setup/databases.ts';
import { grownOld } from '../setup/garbage.ts';

describe('what a query makes', () => {
  let queries: Queries;
  beforeAll(async () => {
    ({ queries } = await createTestDatabase('postgres'));
  });

  it('goes with the young objects', async () => {
    /** Ten rows, by an argument, as almost all statements of the product have one. */
    const query = () => sql`select n, repeat('x', 300) as text from generate_series(1, ${10}::int) n`.execute(queries);
    for (let time = 0; time < 100; time++) await query();
    const bytes = await grownOld(async () => {
      for (let time = 0; time < 1_500; time++) await query();
    });
    expect(bytes / 1_500).toBeLessThan(2_000);
  });
});
