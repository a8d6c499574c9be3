import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A line of the engine that keeps a promise, what it is without that, and a test that then turns red. */
interface Guard {
  readonly promise: string;
  readonly file: string;
  readonly guard: string;
  readonly without: string;
  readonly spec: string;
  /** Part of the test's title. */
  readonly test: string;
}

const interleavings = { spec: 'interleavings', test: 'nobody is served what was invalidated' };

const guards: readonly Guard[] = [
  {
    promise: 'an invalidated entry is not served',
    file: 'ledger.ts',
    guard: 'if (this.firstInvalidatedAfter(dependent.tags, dependent.stamp) !== undefined) return false;',
    without: '',
    ...interleavings,
  },
  {
    promise: 'an entry that was found valid is looked at again after an invalidation',
    file: 'ledger.ts',
    guard: 'this.#stamp++;\n    this.#version++;',
    without: 'this.#stamp++;',
    ...interleavings,
  },
  {
    promise: 'a name without a record counts as invalidated at the floor',
    file: 'ledger.ts',
    guard: 'this.#newTag(name, this.#floor)',
    without: 'this.#newTag(name, 0)',
    spec: 'tag-records',
    test: 'was invalidated as far as a load knows that began before',
  },
  {
    promise: 'the floor rises with each record that is dropped',
    file: 'ledger.ts',
    guard: 'if (tag.stamp > this.#floor) this.#floor = tag.stamp;',
    without: '',
    spec: 'tag-records',
    test: 'was invalidated as far as a load knows that began before',
  },
  {
    promise: 'a dropped record invalidates what refers to it',
    file: 'ledger.ts',
    guard: 'this.#floor = tag.stamp;\n    tag.stamp = DROPPED;',
    without: 'this.#floor = tag.stamp;',
    spec: 'tag-records',
    test: 'would miss its next invalidation',
  },
  {
    promise: 'a dropped record is noticed by what was found valid before',
    file: 'ledger.ts',
    guard: 'this.#version++; // entries hold it, and must look again',
    without: '',
    spec: 'tag-records',
    test: 'even when it was just found valid',
  },
  {
    promise: 'an entry has the stamp at which its load began',
    file: 'loaded-entry.ts',
    guard: 'stamp: flight.stamp,',
    without: 'stamp: Number.MAX_SAFE_INTEGER,',
    spec: 'stamp-rule',
    test: 'is known to be invalid to whom it was answered',
  },
  {
    promise: 'what was invalidated during its load is not kept',
    file: 'loads.ts',
    guard: 'if (!flight.wasValid) flight.loadStart.field.overtaken++;\n    else if',
    without: 'if',
    spec: 'stamp-rule',
    test: 'takes no room',
  },
  {
    promise: 'a flight that lost its key fills nothing',
    file: 'loads.ts',
    guard:
      'if (!isOwner && !flight.isAbandoned) return false;\n    return (isOwner && (!isRefresh || flight.isAwaited)) || store.get(key) === older;',
    without: 'return isOwner || true;',
    spec: 'stamp-rule',
    test: 'does not take the place of what was set meanwhile',
  },
  {
    promise: 'a refresh replaces the entry that it started from, or nothing',
    file: 'loads.ts',
    guard: 'return (isOwner && (!isRefresh || flight.isAwaited)) || store.get(key) === older;',
    without: 'return isOwner || !isRefresh || older !== undefined;',
    spec: 'stale-while-revalidate',
    test: 'is not brought back by a refresh',
  },
  {
    promise: 'an invalidated flight is not joined',
    file: 'flight.ts',
    guard: 'this.isAbandoned && this.isValidFor(stamp);',
    without: 'this.isAbandoned;',
    spec: 'stamp-rule',
    test: 'does not keep those waiting who come after it',
  },
  {
    promise: 'those who joined too early look again when more tags are known',
    file: 'read-through.ts',
    guard: 'return isValid ?',
    without: 'return isValid || true ?',
    spec: 'stamp-rule',
    test: 'is seen by those who join a load that began before it',
  },
  {
    promise: 'what a slow load brings counts its age from its end',
    file: 'loaded-entry.ts',
    guard: 'atMs: isSlow ? now : startedAt,',
    without: 'atMs: startedAt,',
    spec: 'freshness',
    test: 'runs once, for all who come until it ends',
  },
  {
    promise: 'what a load over its time limit brings counts its age from its start',
    file: 'loaded-entry.ts',
    guard: ' && !flight.isAbandoned;',
    without: ';',
    spec: 'freshness',
    test: 'whose load ends over its time limit, and after its lifetime, is not kept',
  },
  {
    promise: 'a flight over its time limit is not joined',
    file: 'flight.ts',
    guard: 'return !this.isAbandoned && this.isValidFor(stamp);',
    without: 'return this.isValidFor(stamp);',
    spec: 'single-flight',
    test: 'is not joined by later readers',
  },
  {
    promise: 'those who miss a key share its flight',
    file: 'loads.ts',
    guard: 'store.flights.set(key, flight);',
    without: '',
    spec: 'single-flight',
    test: 'share one load',
  },
  {
    promise: 'loads at once are limited',
    file: 'read-through.ts',
    guard: 'if (this.#engine.loads.isFull) return this.#refuse(older);',
    without: '',
    spec: 'single-flight',
    test: 'refuses one more',
  },
  {
    promise: 'what is expired is not served as fresh',
    file: 'lookups.ts',
    guard: 'entry === undefined || now >= entry.refreshAt ||',
    without: 'entry === undefined ||',
    ...interleavings,
  },
  {
    promise: 'what is stale is served within its window',
    file: 'read-through.ts',
    guard: 'isBackingOff ? entry.errorUntil : entry.staleUntil',
    without: 'entry.errorUntil',
    spec: 'stale-while-revalidate',
    test: 'gives way to the next that succeeds',
  },
  {
    promise: 'what stands in for a failed load is not older than it may be',
    file: 'loads.ts',
    guard: 'now < older.errorUntil && ',
    without: '',
    spec: 'stale-while-revalidate',
    test: 'once its bound has passed while the load runs',
  },
  {
    promise: 'what stands in for a failed load is valid',
    file: 'loads.ts',
    guard: ' && this.#options.ledger.isValid(older)',
    without: '',
    spec: 'stale-while-revalidate',
    test: 'once it is invalidated while the load runs',
  },
  {
    promise: 'failed refreshes back off',
    file: 'read-through.ts',
    guard: ' && !isBackingOff) this.#refresh(entry);',
    without: ') this.#refresh(entry);',
    spec: 'stale-while-revalidate',
    test: 'survives a refresh that fails',
  },
  {
    promise: 'a step back of the clock is undone',
    file: 'clock.ts',
    guard: 'if (reading < this.#reading) this.#stepsMs += this.#reading - reading;',
    without: '',
    spec: 'freshness',
    test: 'back lets no entry live longer',
  },
  {
    promise: 'a long request sees lifetimes end',
    file: 'clock.ts',
    guard: 'return reading > this.#latest ? reading : this.#latest;',
    without: 'return reading;',
    spec: 'freshness',
    test: 'does not keep lifetimes from ending',
  },
  {
    promise: 'a value is frozen',
    file: 'measure.ts',
    guard: '// hidden and symbolic ones too\n    Object.freeze(value);',
    without: '',
    spec: 'values',
    test: 'cannot be changed by who reads it',
  },
  {
    promise: 'a value that is not kept is frozen too',
    file: 'loads.ts',
    guard: 'if (!entry.isKept) freezeDeeply(value);',
    without: '',
    spec: 'values',
    test: 'is frozen to its last part: too large',
  },
  {
    promise: 'the records of tags are bounded in bytes',
    file: 'ledger.ts',
    guard: ' && this.#bytes <= share * this.#maxBytes',
    without: '',
    spec: 'bytes',
    test: 'are bounded, for those that are held by entries',
  },
  {
    promise: 'the tags of an entry are counted',
    file: 'loads.ts',
    guard: ' + REFERENCE * entry.tags.length',
    without: '',
    spec: 'bytes',
    test: 'count its key, and each of its tags',
  },
  {
    promise: 'a key that is too long is refused',
    file: 'keys-and-tags.ts',
    guard: 'if (key.length > maxKeyLength)',
    without: 'if (key.length > 100_000)',
    spec: 'by-hand',
    test: 'is refused, and nothing is counted or loaded: a key of 1,025 characters',
  },
  {
    promise: "the engine's own tags cannot be named",
    file: 'invalidations.ts',
    guard: 'named.forEach(checkTag);',
    without: '',
    spec: 'by-hand',
    test: 'cannot name what every entry of the engine depends on',
  },
  {
    promise: 'the attachment used least leaves first',
    file: 'attachments.ts',
    guard: 'one[1].uses < least[1].uses',
    without: 'false',
    spec: 'attachments',
    test: 'is one of at most sixteen',
  },
  {
    promise: 'an entry that is dropped takes no other with it',
    file: 'store.ts',
    guard: 'drop(entry: Entry, cause: string): void {\n    if (!entry.isKept) return;',
    without: 'drop(entry: Entry, cause: string): void {',
    spec: 'by-hand',
    test: 'leaves the newer one of its key alone',
  },
  {
    promise: 'too large an entry is not kept',
    file: 'store.ts',
    guard: 'if (entry.bytes > this.maxEntryBytes) {\n      entry.field.rejected++;',
    without: 'if (entry.key === undefined) {\n      entry.field.rejected++;',
    spec: 'bounds',
    test: 'is answered, not kept, and counted',
  },
  {
    promise: 'the dead leave first',
    file: 'store.ts',
    guard: 'this.sweep(now);\n      this.#dropExpired(now);',
    without: '',
    spec: 'bounds',
    test: 'evicts no live entry while there are invalidated ones',
  },
  {
    promise: 'those kept in case a load fails leave before the fresh',
    file: 'store.ts',
    guard: 'this.#dropExpired(now);\n    }',
    without: '}',
    spec: 'bounds',
    test: 'evicts no live entry while there are some kept only in case',
  },
  {
    promise: 'an attachment is checked by its own tags',
    file: 'attachments.ts',
    guard: 'now < attachment.validUntil && this.#ledger.isValid(attachment)',
    without: 'now < attachment.validUntil',
    spec: 'attachments',
    test: 'ends with one of its own tags',
  },
  {
    promise: 'an attachment whose making was overtaken is refused',
    file: 'attachments.ts',
    guard: ' && this.#ledger.isValid(attachment) && this.#insert(',
    without: ' && this.#insert(',
    spec: 'attachments',
    test: 'is refused when one of its tags was invalidated',
  },
  {
    promise: 'a load that began before its key expired makes nothing fresh',
    file: 'store.ts',
    guard: 'this.#ledger.invalidate([keyTag(this.category, key)], undefined);',
    without: '',
    spec: 'values-by-hand',
    test: 'is not made fresh by a load that began before',
  },
  {
    promise: 'an expired value that was invalidated is not served when the time of a call is over',
    file: 'read-through.ts',
    guard: 'older !== undefined && this.#store.isAlive(older, this.#engine.time.now())) return older;',
    without: 'older !== undefined) return older;',
    spec: 'waiting',
    test: 'does not end with an expired value that was invalidated',
  },
  {
    promise: 'a load goes on while somebody waits for it',
    file: 'waiting.ts',
    guard: 'if (--flight.waiters === 0 && !flight.loadStart.isRefresh) flight.abandon();',
    without: 'flight.abandon();',
    spec: 'waiting',
    test: 'leaves the load to those who wait for it',
  },
];

const root = path.resolve(import.meta.dirname, '../../..');
const engine = 'packages/cache';
const setup = ['garbage', 'gates', 'manual-time'].map((name) => `test/setup/${name}.ts`);

/** Runs each guard's spec, in one child process, against a copy of the engine that lacks the guard. */
async function runWithout(directory: string): Promise<Map<string, { title: string; status: string }[]>> {
  await symlink(path.join(root, 'node_modules'), path.join(directory, 'node_modules'));
  await writeFile(path.join(directory, 'package.json'), '{ "type": "module" }');
  for (const [index, { file, guard, without, spec }] of guards.entries()) {
    const copy = path.join(directory, `${index}`);
    for (const name of [`${engine}/src`, `${engine}/test/engine.ts`, `${engine}/test/${spec}.test.ts`, ...setup]) {
      await cp(path.join(root, name), path.join(copy, name), { recursive: true });
    }
    const source = path.join(copy, engine, 'src', file);
    const text = await readFile(source, 'utf8');
    expect(text.split(guard), `${file} has this once: ${guard}`).toHaveLength(2);
    await writeFile(
      source,
      text.replace(guard, () => without),
    );
  }
  const output = path.join(directory, 'results.json');
  const pattern = [...new Set(guards.map(({ test }) => test))].join('|');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const args = ['run', '--root', directory, '--no-isolate', '--reporter=json', `--outputFile=${output}`, '-t', pattern];
  await promisify(execFile)(process.execPath, [vitest, ...args], { cwd: directory, env }).catch(() => {}); // red, as it should be
  const results = JSON.parse(await readFile(output, 'utf8')) as {
    testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[];
  };
  return new Map(
    results.testResults.map(({ name, assertionResults }) => [
      path.relative(directory, name).split(path.sep)[0]!,
      assertionResults.map(({ fullName, status }) => ({ title: fullName, status })),
    ]),
  );
}

describe('without the line that keeps it, a test turns red:', () => {
  let directory: string;
  let results: Awaited<ReturnType<typeof runWithout>>;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'magpie-guards-'));
    results = await runWithout(directory);
  }, 300_000);

  afterAll(() => rm(directory, { recursive: true, force: true }));

  it.each(guards.map((guard, index) => [guard.promise, index, guard] as const))('%s', (_, index, { test }) => {
    const outcomes = results.get(`${index}`)?.filter(({ title }) => title.includes(test)) ?? [];
    expect(outcomes.map(({ status }) => status)).toContain('failed');
  });
});
