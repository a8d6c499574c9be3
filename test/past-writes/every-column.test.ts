import { execute } from 'graphql';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/domains/scope.ts';
import type { GraphqlEngine } from '../../src/graphql/engine-interface.ts';
import { readTypeDefs, tagsVersionOf } from '../../src/graphql/schema.ts';
import { installTriggers } from '../../src/past-writes/install.ts';
import { rules } from '../../src/past-writes/rules.ts';
import { confine, type Session, signInAs, startMagpie } from '../product/magpie.ts';
import { createTestDatabase, type TestDatabase } from '../setup/databases.ts';
import { documents, sharedDocuments } from './answers.ts';
import { followLog } from './log-follower.ts';
import { type Demo, insertSubjects } from './subjects.ts';
import { columnsIn, insertionsAndDeletions, updatesOf } from './writes.ts';

const tagsVersion = tagsVersionOf(readTypeDefs());

let database: TestDatabase;
let demo: Demo;
/** An owner, and a member who is confined to one account. */
let sessions: readonly [Session, Session];
let cached: GraphqlEngine;
let plain: GraphqlEngine;
let follower: Awaited<ReturnType<typeof followLog>>;

beforeAll(async () => {
  database = await createTestDatabase('postgres', { template: 'seeded' });
  const { queries, url } = database;
  sessions = [await signInAs(database, 'OWNER'), await signInAs(database, 'EDITOR')];
  const [{ workspaceId, userId }, { userId: otherUserId, tokenId }] = sessions;
  const { seen, hidden } = await confine(database, sessions[1], 1);
  demo = { workspaceId, userId, otherUserId, tokenId, seen: seen[0]!, hidden: hidden[0]! };
  await insertSubjects(queries, demo);
  await installTriggers({ queries, tagsVersion, log: { warn: (message) => expect.fail(message) } });
  cached = (await startMagpie(database)).engine;
  plain = (await startMagpie(database, { isCaching: false })).engine;
  follower = await followLog(url!, { tagsVersion, apply: cached.apply });
  afterAll(() => follower.close());
});

/** What the members see, as an engine answers it. */
async function answersOf(engine: GraphqlEngine): Promise<string[]> {
  const answers: string[] = [];
  for (const [session, texts] of [
    [sessions[0], documents],
    [sessions[1], sharedDocuments],
  ] as const) {
    const viewer = await engine.authenticate(session.token);
    if (!viewer) answers.push('unknown token');
    else answers.push(...(await Promise.all(texts.map((text) => answerOf(engine, text, viewer)))));
  }
  return answers;
}

async function answerOf(engine: GraphqlEngine, text: string, viewer: Viewer) {
  const { document, errors } = engine.documents.prepare(text);
  if (errors) throw new AggregateError(errors, errors.map(({ message }) => message).join(' '));
  const contextValue = engine.contextFor({ viewer, requestId: 'test', isDebugging: false });
  const result = await engine.execute({ schema: engine.schema, document: document!, contextValue }, execute);
  const { stringify = JSON.stringify } = result as { stringify?: (value: unknown) => string };
  return stringify(result);
}

/** Writes past Magpie, lets the beat pass, and compares what the members see with the truth, which it returns. */
async function writeAndCompare(statement: string): Promise<string[]> {
  await sql.raw(statement).execute(database.queries);
  await follower.beat();
  const truth = await answersOf(plain);
  const given = await answersOf(cached);
  for (const [index, answer] of given.entries())
    if (answer !== truth[index]) expect.fail(`${statement}\n${difference(answer, truth[index]!)}`);
  return truth;
}

function difference(given: string, right: string): string {
  let at = 0;
  while (given[at] === right[at]) at++;
  return `with the cache: …${given.slice(at - 150, at + 150)}…\nwithout it:     …${right.slice(at - 150, at + 150)}…`;
}

describe('what is written past Magpie', () => {
  it('is seen in every cached field', { timeout: 120_000 }, async () => {
    let truth = await answersOf(cached);
    const read = new Set(
      cached.cache.snapshot().categories.flatMap(({ fields }) => fields.map(({ coordinate }) => coordinate)),
    );
    const all = [...cached.plans.values()].filter(({ cache }) => cache).map(({ coordinate }) => coordinate);
    expect(all.filter((coordinate) => !read.has(coordinate))).toEqual([]);

    const invisible: string[] = [];
    const updates: string[] = [];
    // Targets first, so that what hangs on a post is seen by whoever sees its account; tokens last, as one ends.
    const others = Object.keys(rules).filter((name) => name !== 'post_targets' && name !== 'tokens');
    for (const table of ['post_targets', ...others])
      updates.push(...updatesOf(table, await columnsIn(database.queries, table), demo));
    const ending = updatesOf('tokens', [], demo);
    for (const statement of [...updates, ...insertionsAndDeletions(demo), ...ending]) {
      const before = truth;
      truth = await writeAndCompare(statement);
      if (truth.join() === before.join()) invisible.push(statement);
    }
    expect(invisible).toEqual([]);
    expect(cached.cache.snapshot().total.hitRatio).toBeGreaterThan(0.4); // or nothing was tested
  });
});
