import type { Database } from '../../src/database/database.ts';
import { createTestDatabase } from '../setup/databases.ts';
import { type Magpie, type MagpieOptions, type Session, signInAs, startMagpie } from './magpie.ts';
import { Random } from './random.ts';
import { Stock } from './stock.ts';

export interface Stocked {
  readonly database: Database;
  readonly magpie: Magpie;
  readonly owner: Session;
  readonly stock: Stock;
}

/** The product on the demo's data, with an owner's session and the ids of that workspace to pick from. */
export async function startStocked(options: MagpieOptions = {}): Promise<Stocked> {
  const database = await createTestDatabase('postgres', { template: 'seeded' });
  const magpie = await startMagpie(database, options);
  const owner = await signInAs(database, 'OWNER');
  const stock = new Stock(database.queries, owner.workspaceId, new Random(1));
  await stock.refresh();
  return { database, magpie, owner, stock };
}
