import { type Magpie, type MagpieOptions, type Session, signInAs, startMagpie } from '../product/magpie.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';

export interface Product extends Magpie {
  readonly database: TestDatabase;
  readonly owner: Session;
  /** Sees what the owner sees, in the same workspace. */
  readonly colleague: Session;
  /** Of another workspace. */
  readonly stranger: Session;
}

/** The whole product with its demo data, and three who use it. */
export async function startProduct(options: MagpieOptions = {}): Promise<Product> {
  const database = await createTestDatabase('postgres', { template: 'seeded' });
  return {
    ...(await startMagpie(database, options)),
    database,
    owner: await signInAs(database, 'OWNER'),
    colleague: await signInAs(database, 'EDITOR'),
    stranger: await signInAs(database, 'OWNER', { place: 1 }),
  };
}

/** Of an answer. */
// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
export type Json = any;
