import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, parsed } from './imports.ts';

const root = resolve(import.meta.dirname, '../..');
const packages = readdirSync(join(root, 'packages'));
const folders = ['src', ...packages.map((name) => `packages/${name}/src`)];

/** `src/generated` is derived from the schema and names types of all domains. */
const files = folders
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
  .filter((path) => /\.(ts|mjs)$/.test(path) && !path.startsWith('src/generated/'));

/** What a file imports of these files. */
function importedBy(path: string): string[] {
  return importsOf(parsed(path, readFileSync(join(root, path), 'utf8'))).flatMap((specifier) => {
    if (specifier.startsWith('.')) return [normalize(join(dirname(path), specifier))];
    const [, name, entry = 'index'] = /^@magpie\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
    return name === undefined ? [] : [`packages/${name}/src/${entry}.ts`];
  });
}

/** The strongly connected components of more than one file, by Tarjan's algorithm (SIAM J. Comput. 1, 1972), each as sorted text. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = [];
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const visit = (file: string): number => {
    const index = lowest.size;
    lowest.set(file, index);
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const low = lowest.has(next) ? (path.includes(next) ? lowest.get(next)! : index) : visit(next);
      lowest.set(file, Math.min(lowest.get(file)!, low));
    }
    if (lowest.get(file) === index) {
      const component = path.splice(path.indexOf(file));
      if (component.length > 1) circles.push(component.sort().join(', '));
    }
    return lowest.get(file)!;
  };
  for (const file of graph.keys()) if (!lowest.has(file)) visit(file);
  return circles.sort();
}

describe('imports', () => {
  it('close no circle, types included', () => {
    expect(circlesOf(new Map(files.map((path) => [path, importedBy(path)])))).toEqual([]);
  });

  it('are found in all their forms', () => {
    const text =
      "import a from './a.ts';import type { B } from './b.ts';export { c } from './c.ts';import('./d.ts');let e: import('./e.ts').E;export * as f from './f.ts';";
    expect(importsOf(parsed('all.ts', text))).toEqual(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `./${name}.ts`));
  });

  it('that close a circle are found', () => {
    const graph = { a: ['b', 'd'], b: ['c'], c: ['b', 'd'], d: [], e: ['a', 'e'] };
    expect(circlesOf(new Map(Object.entries(graph)))).toEqual(['b, c']);
  });
});
