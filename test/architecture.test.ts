import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../src');

/** What each floor may import of the others. Files right under src are floors of their own. */
const floors: Record<string, readonly string[]> = {
  'main.ts': ['app.ts', 'backup', 'config.ts', 'error-words.ts', 'throttled-log.ts', 'welcome.ts', 'http', 'workers'],
  'welcome.ts': ['config.ts', 'demo.ts'],
  'app.ts': [
    ...['backup', 'config.ts', 'demo.ts', 'error-words.ts', 'media.ts', 'throttled-log.ts'],
    ...['http', 'workers', 'graphql', 'cache', 'domains', 'limits', 'database'],
  ],
  'demo.ts': ['error-words.ts', 'domains', 'database'],
  'media.ts': ['config.ts', 'domains', 'database'],
  backup: ['domains', 'database'],
  'config.ts': ['cache-policies.ts', 'environment-reader.ts', 'cache', 'limits', 'generated'],
  'environment-reader.ts': [],
  'error-words.ts': [],
  'throttled-log.ts': [],
  'cache-policies.ts': ['cache', 'generated'],
  http: ['error-words.ts', 'throttled-log.ts', 'graphql', 'cache', 'domains', 'limits', 'generated', 'text'],
  graphql: ['text', 'cache', 'domains', 'database', 'generated'],
  domains: ['error-words.ts', 'database', 'limits', 'generated', 'text'],
  database: ['error-words.ts', 'text'],
  cache: [],
  limits: ['environment-reader.ts'],
  workers: [],
  text: [],
};

interface SourceFile {
  readonly path: string;
  readonly floor: string;
  readonly tree: ts.SourceFile;
}

const files: SourceFile[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|mjs)$/.test(path) && !path.startsWith('generated/'))
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, floor: path.split('/')[0]!, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true) };
  });

/** What a file imports, types and dynamic imports included. */
function importsOf({ tree }: SourceFile): string[] {
  const found: string[] = [];
  each(tree, (node) => {
    const specifier =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
            ? node.argument.literal
            : undefined;
    if (specifier && ts.isStringLiteral(specifier)) found.push(specifier.text);
  });
  return found;
}

function each(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => each(child, visit));
}

function floorOfImport(file: SourceFile, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return relative(root, resolve(root, dirname(file.path), specifier)).split('/')[0];
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
      importsOf(file).flatMap((specifier) => {
        const floor = floorOfImport(file, specifier);
        if (floor === undefined || floor === file.floor || floors[file.floor]?.includes(floor)) return [];
        return [`${file.path} imports ${specifier}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('knows packages of its trade alone', () => {
    const trades: Record<string, RegExp> = {
      cache: /^node:/,
      database: /^(node:|kysely$|pg$|@electric-sql\/)/,
      text: /^(unicode-segmenter\/|tlds$)/,
    };
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => !specifier.startsWith('.') && !(trades[file.floor]?.test(specifier) ?? true))
        .map((specifier) => `${file.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    ['kysely', /^(database|domains)\//],
    ['graphql-yoga', /^http\//],
    ['node:http', /^http\//],
    ['prom-client', /^http\//],
    ['rate-limiter-flexible', /^limits\//],
  ])('leaves %s to those whose trade it is', (name, allowed) => {
    const wrong = files.filter((file) => importsOf(file).includes(name) && !allowed.test(file.path));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe('the process', () => {
  it('is touched by main.ts alone, its environment by config.ts, and its identity by the lock', () => {
    const allowed = ['main.ts', 'config.ts', 'database/lock-owner.ts'];
    const ours = files.filter(({ path }) => path.endsWith('.ts')); // scripts of worker threads have a process of their own
    const touching = ours.filter(
      (file) => uses(file, 'process').length > 0 || importsOf(file).includes('node:process'),
    );
    expect(touching.map(({ path }) => path).filter((path) => !allowed.includes(path))).toEqual([]);
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
      .filter((path) => !/^([a-z\d]+(-[a-z\d]+)*\/)*[a-z\d]+(-[a-z\d]+)*\.(ts|mjs)$/.test(path));
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

const project = resolve(root, '..');
const folders = Object.keys(floors).filter((floor) => !floor.endsWith('.ts'));
const readmes = [...folders.map((floor) => `src/${floor}/README.md`), 'test/README.md'];
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
    const path = /(?<![\w/.-])((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs|md|sql|graphql|json|yml)|[\w./-]+\/(?=[`)]))/g;
    const named = textOf(page).match(path) ?? [];
    const isThere = (path: string) => [dirname(page), '.', 'src'].some((base) => existsSync(join(project, base, path)));
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
