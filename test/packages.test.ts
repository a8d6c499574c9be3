import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** The packages, and for each a program that uses what it exports, as TypeScript. A program prints what is expected. */
const packages = [
  {
    name: 'cache',
    program: `
      import { Cache, type Policy } from '@magpie/cache';
      import { type Entry, entriesOf } from '@magpie/cache/entries';

      const policy: Partial<Policy> & { ttlMs: number } = { ttlMs: 60_000 };
      await using cache = new Cache({ policies: { rates: policy } });
      let loads = 0;
      const rate = (): number | Promise<number> =>
        cache.fetch({ category: 'rates', key: 'EUR-USD', tags: ['Rate'] }, async () => ++loads);
      const values = [await rate(), await rate()];
      cache.invalidate(['Rate']);
      const entry: Entry | undefined = entriesOf(cache).peek('rates', 'EUR-USD', cache.now());
      console.log([...values, entry, await rate()].join(' '));
    `,
    prints: '1 1  2\n',
  },
  {
    name: 'graphql-cache',
    program: `
      import { cacheDirectives, createGraphqlCache, type GraphqlCache } from '@magpie/graphql-cache';
      import { apolloGraphqlCache } from '@magpie/graphql-cache/apollo';
      import { publicNamespace } from '@magpie/graphql-cache/parts';
      import { buildSchema, parse } from 'graphql';

      const schema = buildSchema(\`\${cacheDirectives}
        type Query { loads: Int @cache(category: "ANY", scope: PUBLIC, tags: ["Load"]) }\`);
      let loads = 0;
      schema.getQueryType()!.getFields().loads!.resolve = () => ++loads;
      const cached: GraphqlCache = createGraphqlCache({ schema, categories: { ANY: { ttlMs: 60_000 } } });
      const ask = async () => (await cached.execute({ document: parse('{ loads }') })).data?.loads;
      const values = [await ask(), await ask()];
      await cached.invalidate(['Load'], { namespace: publicNamespace });
      console.log([...values, await ask(), typeof apolloGraphqlCache(cached)].join(' '));
    `,
    prints: '1 1 2 object\n',
  },
];

/** Peers of the packages. An empty project gets those that are installed here, because the test needs no network. */
const peers = ['graphql'];

const binary = (name: string) => join(root, 'node_modules/.bin', name);

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd, env: { ...process.env, NO_COLOR: '1' } })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
  }
}

describe('the packed packages', () => {
  let project: string;
  const tarballs = new Map<string, string>();

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'magpie-packages-'));
    const flags = packages.flatMap(({ name }) => ['--workspace', `packages/${name}`]);
    const packed = await run('npm', ['pack', '--json', '--silent', '--pack-destination', project, ...flags], root);
    for (const { name, filename } of JSON.parse(packed) as { name: string; filename: string }[])
      tarballs.set(name, join(project, filename));
    await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
    const options = {
      strict: true,
      module: 'nodenext',
      target: 'es2022',
      lib: ['es2022', 'dom'],
      types: [],
      noEmit: false,
    };
    await writeFile(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, outDir: 'built' } }),
    );
    for (const { name, program } of packages) await writeFile(join(project, `${name}.ts`), program);
    const installed = [...tarballs.values(), ...peers.map((name) => join(root, 'node_modules', name))];
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', ...installed], project);
    await run(binary('tsc'), ['-p', 'tsconfig.json'], project);
  });

  afterAll(() => rm(project, { recursive: true, force: true }));

  it.each(packages)('are used in an empty project, with their types: $name', async ({ name, prints }) => {
    expect(await run(process.execPath, [`built/${name}.js`], project)).toBe(prints);
  });

  it.each(packages)('have nothing that publint reports: $name', async ({ name }) => {
    const tarball = await readFile(tarballs.get(`@magpie/${name}`)!);
    const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it.each(packages)('have types that are found as TypeScript looks for them: $name', async ({ name }) => {
    const report = await run(binary('attw'), [tarballs.get(`@magpie/${name}`)!, '--profile', 'esm-only'], root);
    expect(report.split('\n').filter((line) => /[💀❌⚠🎭👺🐛🕵❓🤨]/u.test(line) && !line.includes('(ignored'))).toEqual(
      [],
    );
    expect(report.match(/🟢 \(ESM\)/gu)).not.toBeNull();
  });
});
