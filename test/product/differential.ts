import { expect } from 'vitest';
import { seed } from '../setup/seed.ts';
import type { Magpie, Session, TestTime } from './magpie.ts';
import { Random } from './random.ts';
import { type Read, reads } from './reads.ts';
import type { Stock } from './stock.ts';
import { inputs, systemInputs } from './writes.ts';

export interface Compared {
  /** Servers with a cache on one database, any of which is asked. */
  readonly cached: readonly Magpie[];
  readonly plain: Magpie;
  readonly owner: Session;
  readonly sessions: readonly Session[];
  readonly stock: Stock;
  readonly time: TestTime;
  readonly random: Random;
}

/** Random steps of reads and writes, after each of which all answer to the byte like the one without a cache. Rejects when one does not. */
export async function compareSteps(steps: number, compared: Compared): Promise<void> {
  const { plain, owner, sessions, stock, time, random } = compared;
  const chance = new Random(seed + 1); // of its own, so that the steps are the same for any number of servers
  const anyOf = () => chance.pick(compared.cached);
  const log: string[] = [];
  const compare = async (read: Read, { token }: Session) => {
    const [one, other] = await Promise.all([
      anyOf().ask(token, read.document, read.variables),
      plain.ask(token, read.document, read.variables),
    ]);
    if (one.text !== other.text) throw new Error(difference(one.text, other.text, { read, log }));
  };

  const asked: { read: Read; session: Session }[] = [];
  for (let step = 0; step < steps; step++) {
    const dice = random.next();
    if (dice < 0.3) {
      // Reads on their way while a write commits may see either side of it; afterwards there is one truth.
      const inFlight = random.happens(0.5) ? random.some(asked, 4) : [];
      const [done] = await Promise.all([
        write(),
        ...inFlight.map(({ read, session }) => anyOf().ask(session.token, read.document, read.variables)),
      ]);
      log.push(done);
      for (const { read, session } of random.some(asked, 6)) await compare(read, session);
      await stock.refresh();
    } else if (dice < 0.36) {
      const seconds = random.pick([1, 20, 45, 200, 700, 4_000]);
      time.pass(seconds * 1000);
      log.push(`${seconds} s pass`);
    } else {
      const [name, make] = random.pick(Object.entries(reads));
      const again = asked.length > 0 && random.happens(0.6) ? random.pick(asked) : undefined;
      const session = again?.session ?? random.pick(sessions);
      const read = again?.read ?? make(random, stock);
      log.push(`read ${name}`);
      await compare(read, session);
      if (!again) asked.push({ read, session });
      if (asked.length > 60) asked.shift();
    }
  }

  async function write(): Promise<string> {
    const isSystem = random.happens(0.15);
    const [mutation, make] = random.pick(Object.entries(isSystem ? systemInputs : inputs));
    const input = make(random, stock, time.date());
    const type = String(plain.engine.schema.getMutationType()!.getFields()[mutation]!.args[0]!.type);
    const document = `mutation ($input: ${type}) { ${mutation}(input: $input) { userErrors { code message } } }`;
    if (isSystem) {
      await anyOf().engine.executeAsSystem(owner.workspaceId, document, { input });
      return `system ${mutation} ${JSON.stringify(input)}`;
    }
    const { json } = await anyOf().ask(owner.token, document, { input });
    expect(json.errors, `${mutation} ${JSON.stringify(input)}`).toBeUndefined();
    return `${mutation} ${JSON.stringify(input)} ${JSON.stringify(json.data[mutation].userErrors)}`;
  }
}

/** Where two answers part, and what had happened before. */
function difference(one: string, other: string, { read, log }: { read: Read; log: readonly string[] }): string {
  let at = 0;
  while (one[at] === other[at]) at++;
  const part = (text: string) => text.slice(Math.max(0, at - 200), at + 300);
  return [
    `seed ${seed}: ${JSON.stringify(read)}`,
    `with the cache: …${part(one)}…`,
    `without it:     …${part(other)}…`,
    ...log.slice(-25),
  ].join('\n');
}
