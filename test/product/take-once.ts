import type { Magpie, Session, TestTime } from './magpie.ts';
import type { Random } from './random.ts';
import type { Stock } from './stock.ts';
import { inputs, systemInputs } from './writes.ts';

/** All mutations, those of the system included. */
export const mutations = [...Object.keys(inputs), ...Object.keys(systemInputs)];

/** Inputs that one may try until a mutation takes one: most depend on the state of what they happen to pick. */
const maxTries = 60;

interface Place {
  readonly magpie: Magpie;
  readonly owner: Session;
  readonly stock: Stock;
  readonly time: TestTime;
}

/** Runs a mutation with one input after the other until it takes one. */
export async function takeOnce(mutation: string, random: Random, { magpie, owner, stock, time }: Place): Promise<void> {
  const { engine } = magpie;
  const type = String(engine.schema.getMutationType()!.getFields()[mutation]!.args[0]!.type);
  const document = `mutation ($input: ${type}) { ${mutation}(input: $input) { userErrors { code message } } }`;
  const refusals: unknown[] = [];
  for (let tries = 0; tries < maxTries; tries++) {
    const isSystem = mutation in systemInputs;
    const input = (isSystem ? systemInputs : inputs)[mutation]!(random, stock, time.date());
    const data = isSystem
      ? await engine.executeAsSystem(owner.workspaceId, document, { input })
      : (await magpie.ask(owner.token, document, { input })).json.data;
    const { userErrors } = data[mutation] as { userErrors: unknown[] };
    if (userErrors.length === 0) return;
    refusals.push(...userErrors);
  }
  throw new Error(
    `${mutation}: expected one of ${maxTries} inputs to be taken, but got ${JSON.stringify(refusals.slice(-3))}`,
  );
}
