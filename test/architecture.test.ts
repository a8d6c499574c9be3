import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript-api';
import { describe, expect, it } from 'vitest';
import { each, importsOf, loadedWith, parsed } from './architecture/imports.ts';

const project = resolve(import.meta.dirname, '..');

/** Folders of source, and what a path within them begins with here. */
const roots: Record<string, string> = {
  'packages/cache/src': '@magpie/cache/',
  'packages/graphql-cache/src': '@magpie/graphql-cache/',
  src: '',
};

/** What each floor may import of the others. Files right under src are floors of their own, and so is each package. */
const floors: Record<string, readonly string[]> = {
  'main.ts': ['process', 'config.ts', 'workers'],
  process: ['app.ts', 'backup', 'config.ts', 'error-message.ts', 'throttled-log.ts', 'welcome.ts', 'http', 'workers'],
  'welcome.ts': ['config.ts', 'demo.ts'],
  'app.ts': [
    ...[
      'backup',
      'config.ts',
      'database-probe.ts',
      'demo.ts',
      'error-message.ts',
      'media.ts',
      'metrics-port.ts',
      'outside.ts',
      'storage.ts',
      'tracing.ts',
      'throttled-log.ts',
    ],
    ...[
      'remote-tier.ts',
      'operator-work.ts',
      'http',
      'workers',
      'cluster',
      'graphql',
      '@magpie/cache',
      'domains',
      'limits',
      'database',
    ],
  ],
  'remote-tier.ts': [
    'cache-policies.ts',
    'config.ts',
    'redis-address.ts',
    'throttled-log.ts',
    'remote',
    'graphql',
    '@magpie/cache',
  ],
  'storage.ts': ['config.ts', 'error-message.ts', 'cluster', 'graphql', 'database'],
  'operator-work.ts': ['alert-settings.ts', 'throttled-log.ts', 'graphql', 'operator', 'domains', 'database'],
  'database-probe.ts': ['throttled-log.ts', 'database'],
  'metrics-port.ts': ['config.ts', 'error-message.ts', 'http'],
  'tracing.ts': ['@magpie/graphql-cache', 'domains', 'text'],
  'outside.ts': ['config.ts', 'throttled-log.ts', 'domains'],
  'demo.ts': ['error-message.ts', 'domains', 'database'],
  'media.ts': ['config.ts', 'domains', 'database'],
  backup: ['domains', 'database'],
  'alert-settings.ts': ['environment-formats.ts', 'environment-reader.ts'],
  'config.ts': [
    'alert-settings.ts',
    'cache-policies.ts',
    'environment-formats.ts',
    'environment-reader.ts',
    'redis-address.ts',
    '@magpie/cache',
    'limits',
    'generated',
  ],
  'environment-formats.ts': [],
  'environment-reader.ts': [],
  'redis-address.ts': [],
  'error-message.ts': [],
  'unavailable-error.ts': [],
  'throttled-log.ts': [],
  'cache-policies.ts': ['@magpie/cache', 'generated'],
  http: [
    'remote',
    'error-message.ts',
    'throttled-log.ts',
    'graphql',
    '@magpie/cache',
    '@magpie/graphql-cache',
    'domains',
    'limits',
    'generated',
    'text',
  ],
  graphql: [
    'text',
    'operator',
    'remote',
    '@magpie/cache',
    '@magpie/graphql-cache',
    'domains',
    'database',
    'limits',
    'generated',
  ],
  operator: ['@magpie/cache', 'database', 'domains', 'generated', 'text'],
  domains: ['error-message.ts', 'unavailable-error.ts', 'database', 'limits', 'generated', 'text'],
  database: ['error-message.ts', 'unavailable-error.ts', 'limits', 'text'],
  '@magpie/cache': [],
  '@magpie/graphql-cache': ['@magpie/cache'],
  cluster: ['error-message.ts', 'past-writes', 'database'],
  'past-writes': ['database'],
  remote: ['error-message.ts', 'redis-address.ts', '@magpie/cache'],
  dashboard: ['generated'],
  limits: ['environment-reader.ts', 'unavailable-error.ts'],
  workers: [],
  text: [],
};

interface SourceFile {
  readonly path: string;
  readonly floor: string;
  readonly tree: ts.SourceFile;
}

const files = Object.keys(roots).flatMap(filesOf);

function filesOf(root: string): SourceFile[] {
  return readdirSync(join(project, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(tsx?|mjs)$/.test(path) && !/^(generated|node_modules|results)\/|\/node_modules\//.test(path))
    .map((name) => {
      const path = `${roots[root] ?? `${root}/`}${name}`;
      const text = readFileSync(join(project, root, name), 'utf8');
      return { path, floor: floorOf(path), tree: parsed(path, text) };
    });
}

function floorOf(path: string): string {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
}

function floorOfImport(file: SourceFile, specifier: string): string | undefined {
  if (specifier.startsWith('@magpie/')) return floorOf(specifier);
  if (!specifier.startsWith('.')) return undefined;
  return floorOf(join(dirname(file.path), specifier));
}

/** `process` as a name in its own right, not as a property of something. */
function uses({ tree }: SourceFile, name: string): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  each(tree, (node) => {
    if (!ts.isIdentifier(node) || node.text !== name) return;
    const { parent } = node;
    const isProperty =
      (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) &&
      parent.name === node;
    if (!isProperty) found.push(node);
  });
  return found;
}

describe('a floor', () => {
  it('is known to this test', () => {
    expect([...new Set(files.map(({ floor }) => floor))].filter((floor) => !(floor in floors))).toEqual([]);
  });

  it('imports only floors beneath it', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file.tree).flatMap((specifier) => {
        const floor = floorOfImport(file, specifier);
        if (floor === undefined || floor === file.floor || floors[file.floor]?.includes(floor)) return [];
        return [`${file.path} imports ${specifier}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('of a package is imported by its public entry points alone', () => {
    const importers = [...files, ...['test', 'bench', 'examples'].flatMap(filesOf)];
    const wrong = importers.flatMap((file) =>
      importsOf(file.tree)
        .filter((specifier) => /(^|\/)packages\/[^/]+\/(src|dist)\//.test(specifier))
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('knows packages of its trade alone', () => {
    const trades: Record<string, RegExp> = {
      '@magpie/cache': /^node:/,
      '@magpie/graphql-cache': /^(node:|graphql$|graphql-yoga$|@magpie\/cache)/,
      database: /^(node:|kysely$|pg$|@electric-sql\/)/,
      text: /^(unicode-segmenter\/|tlds$)/,
      dashboard: /^(node:|esbuild$|preact($|\/)|uplot($|\/)|graphql-ws\/client$)/,
    };
    const wrong = files.flatMap((file) =>
      importsOf(file.tree)
        .filter((specifier) => !specifier.startsWith('.') && !(trades[file.floor]?.test(specifier) ?? true))
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    ['kysely', /^(cluster|database|domains|past-writes)\//],
    ['graphql-yoga', /^(http\/|@magpie\/graphql-cache\/yoga)/],
    ['node:http', /^(http\/|@magpie\/graphql-cache\/(node|request-parameters))/],
    ['prom-client', /^http\//],
    ['rate-limiter-flexible', /^limits\//],
  ])('leaves %s to those whose trade it is', (name, allowed) => {
    const wrong = files.filter((file) => importsOf(file.tree).includes(name) && !allowed.test(file.path));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe('the normal form of a text', () => {
  it('is computed in one place, in linear time', () => {
    const callers = files.filter(({ tree }) => /\bnormalize\b/.test(tree.text));
    expect(callers.map(({ path }) => path)).toEqual(['text/normal-form.ts']);
  });
});

describe('the process', () => {
  it.each(['main.ts', 'process/lead-workers.ts'])('loads neither the app nor GraphQL with %s', (start) => {
    const reached = new Set([start]);
    for (const path of reached) {
      const file = files.find((one) => one.path === path);
      for (const specifier of file ? loadedWith(file.tree) : [])
        reached.add(specifier.startsWith('.') ? join(dirname(path), specifier) : specifier);
    }
    expect(reached).toContain('process/end.ts');
    expect([...reached].filter((name) => /^(app\.ts|process\/serve\.ts|graphql|http)(\/|$)|yoga/.test(name))).toEqual(
      [],
    );
  });

  it('is touched by main.ts and its folder alone, its environment by config.ts, its identity by the lock, and its warnings by hooks of a cache', () => {
    const allowed = /^(main\.ts|process\/.*|config\.ts|database\/lock-owner\.ts|@magpie\/cache\/hooks\.ts)$/;
    const ours = files.filter(({ path }) => path.endsWith('.ts')); // scripts of worker threads have a process of their own
    const touching = ours.filter(
      (file) => uses(file, 'process').length > 0 || importsOf(file.tree).includes('node:process'),
    );
    expect(touching.map(({ path }) => path).filter((path) => !allowed.test(path))).toEqual([]);
  });

  it('has its environment read in config.ts and nowhere else', () => {
    const readers = files.filter((file) =>
      uses(file, 'process').some(({ parent }) => ts.isPropertyAccessExpression(parent) && parent.name.text === 'env'),
    );
    expect(readers.map(({ path }) => path)).toEqual(['config.ts']);
  });
});

/** Words that say nothing, as the name of a file or a thing; the first ones not even within a longer name. */
const emptyAnywhere = /^(utils?|helpers?|managers?|services?|impl)$/i;
const emptyAlone = /^(common|shared|base|data|infos?)$/i;
/** What GraphQL calls so: a resolver's fourth argument, a response's part; and the part of a context that viewers share. */
const borrowed = new Set(['info', 'data', 'shared']);

describe('a name', () => {
  it('of a file is in kebab-case', () => {
    const wrong = files
      .map(({ path }) => path)
      .filter((path) => !/^@?([a-z\d]+(-[a-z\d]+)*\/)*[a-z\d]+(-[a-z\d]+)*(\.d)?\.(tsx?|mjs)$/.test(path));
    expect(wrong).toEqual([]);
  });

  it('of a file says what is in it', () => {
    const wrong = files
      .map(({ path }) => path)
      .filter((path) => path.split(/[/.]/).some((part) => isEmptyName(part, '-')));
    expect(wrong).toEqual([]);
  });

  it('of a declaration says what it is', () => {
    const wrong = files.flatMap((file) =>
      declaredNames(file)
        .filter((name) => isEmptyName(name) && !borrowed.has(name))
        .map((name) => `${file.path}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

/** `userManager`, but not `database` or `baseUrl`. */
function isEmptyName(name: string, separator: string | RegExp = /(?<=[a-z\d])(?=[A-Z])|_/): boolean {
  return emptyAlone.test(name) || name.split(separator).some((word) => emptyAnywhere.test(word));
}

function declaredNames({ tree }: SourceFile): string[] {
  const found: string[] = [];
  each(tree, (node) => {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isMethodDeclaration(node);
    if (isDeclaration && node.name && ts.isIdentifier(node.name)) found.push(node.name.text);
  });
  return found;
}

const folders = Object.keys(floors).filter((floor) => !/\.ts$|^@/.test(floor));
const packages = Object.keys(roots).filter((root) => root !== 'src');
const readmes = [
  ...[...folders.map((floor) => `src/${floor}`), ...packages, 'test'].map((folder) => `${folder}/README.md`),
];
const architecture = 'docs/architecture.md';
const decisions = readdirSync(join(project, 'docs/decisions')).map((name) => `docs/decisions/${name}`);
const textOf = (path: string) => readFileSync(join(project, path), 'utf8');

describe('the front door of a folder', () => {
  it.each(readmes)('is %s, of five to fifteen lines', (readme) => {
    expect(textOf(readme)).toContain('**Read in this order**: ');
    const lines = textOf(readme).trim().split('\n').length;
    expect(lines).toBeGreaterThanOrEqual(5);
    expect(lines).toBeLessThanOrEqual(15);
  });

  it.each(folders)('of src/%s says what it may import', (floor) => {
    const [, said] = /\*\*May import\*\*: (.*)/s.exec(textOf(`src/${floor}/README.md`)) ?? [];
    expect([...said!.matchAll(/`(.*?)`/g)].map(([, name]) => name)).toEqual([...floors[floor]!].sort());
  });
});

describe('a document about the code', () => {
  it.each([...readmes, architecture, 'docs/glossary.md', ...decisions])('names only paths that exist: %s', (page) => {
    const path = /(?<![\w/.-])((?:[\w.-]+\/)*[\w.-]+\.(?:tsx?|mjs|md|sql|graphql|json|yml)|[\w./-]+\/(?=[`)]))/g;
    const named = textOf(page).match(path) ?? [];
    const isThere = (path: string) =>
      [dirname(page), '.', 'src', 'packages'].some((base) => existsSync(join(project, base, path)));
    expect(named.filter((one) => !isThere(one))).toEqual([]);
  });

  it('draws a path of at most 35 files, each once', () => {
    const drawings = textOf(architecture).match(/```mermaid\n.*?```/gs) ?? [];
    expect(drawings.length).toBe(3);
    for (const drawing of drawings) {
      const drawn = drawing.match(/[\w/-]+\.ts/g) ?? [];
      expect([...new Set(drawn)]).toEqual(drawn);
      expect(drawn.length).toBeLessThanOrEqual(35);
    }
  });
});
