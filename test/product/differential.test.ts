import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../setup/databases.ts';
import { seed } from '../setup/seed.ts';
import { confine, type Magpie, type Session, signInAs, startMagpie, TestTime } from './magpie.ts';
import { Random } from './random.ts';
import { type Read, reads } from './reads.ts';
import { Stock } from './stock.ts';
import { inputs, otherMutations, systemInputs } from './writes.ts';

const steps = Number(process.env.DIFFERENTIAL_STEPS ?? 400);

describe('the server with its cache and hot path', () => {
  const time = new TestTime();
  const random = new Random(seed);
  let cached: Magpie;
  let plain: Magpie;
  let stock: Stock;
  let owner: Session;
  let sessions: readonly Session[];

  beforeAll(async () => {
    const database = await createTestDatabase('postgres', { template: 'seeded' });
    cached = await startMagpie(database, { time });
    plain = await startMagpie(database, { time, isCaching: false });
    owner = await signInAs(database, 'OWNER');
    const confined = await signInAs(database, 'CONTRIBUTOR');
    await confine(database, confined, 2);
    sessions = [
      owner,
      await signInAs(database, 'EDITOR'),
      await signInAs(database, 'READER'),
      await signInAs(database, 'OWNER', 1),
      confined,
    ];
    stock = new Stock(database.queries, owner.workspaceId, random);
    await stock.refresh();
  });

  it('knows a write for every mutation of the schema', () => {
    const all = Object.keys(cached.engine.schema.getMutationType()!.getFields());
    expect([...Object.keys(inputs), ...Object.keys(systemInputs), ...otherMutations].sort()).toEqual(all.sort());
  });

  it(`answers ${steps} random steps of reads and writes like one without, to the byte`, async () => {
    const log: string[] = [];
    const compare = async (read: Read, { token }: Session) => {
      const [one, other] = await Promise.all([
        cached.ask(token, read.document, read.variables),
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
          ...inFlight.map(({ read, session }) => cached.ask(session.token, read.document, read.variables)),
        ]);
        log.push(done);
        await stock.refresh();
        for (const { read, session } of random.some(asked, 6)) await compare(read, session);
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
    const { total } = cached.engine.cache.snapshot();
    expect(total.hitRatio).toBeGreaterThan(0.3); // or nothing was tested
    expect(total.missesBy.invalidated).toBeGreaterThan(10);
    expect(cached.hotAnswers()).toBeGreaterThan(10);

    async function write(): Promise<string> {
      const isSystem = random.happens(0.15);
      const [mutation, make] = random.pick(Object.entries(isSystem ? systemInputs : inputs));
      const input = make(random, stock, time.date());
      const type = String(cached.engine.schema.getMutationType()!.getFields()[mutation]!.args[0]!.type);
      const document = `mutation ($input: ${type}) { ${mutation}(input: $input) { userErrors { code message } } }`;
      if (isSystem) {
        await cached.engine.executeAsSystem(owner.workspaceId, document, { input });
        return `system ${mutation} ${JSON.stringify(input)}`;
      }
      const { json } = await cached.ask(owner.token, document, { input });
      expect(json.errors, `${mutation} ${JSON.stringify(input)}`).toBeUndefined();
      return `${mutation} ${JSON.stringify(input)} ${JSON.stringify(json.data[mutation].userErrors)}`;
    }
  }, 240_000);
});

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
