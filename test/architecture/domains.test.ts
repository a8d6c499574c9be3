import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prefixes } from '../../src/domains/ids.ts';
import * as domains from '../../src/domains/registry.ts';
import { importsOf, parsed } from './imports.ts';

const root = resolve(import.meta.dirname, '../..');
const sources = join(root, 'src');
const registry = 'domains/registry.ts';
const textOf = (path: string) => readFileSync(join(sources, path), 'utf8');

const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
/** What each file imports of these files. */
const imported = new Map(
  files.map((path) => [
    path,
    importsOf(parsed(path, textOf(path))).map((one) => relative(sources, resolve(sources, dirname(path), one))),
  ]),
);
const folders = files.filter((path) => /^domains\/[^/]+\/resolvers\.ts$/.test(path)).map(dirname);

describe('a domain', () => {
  it.each(folders)('is registered by one line in one file: %s', (folder) => {
    const name = folder.split('/')[1]!;
    const lines = textOf(registry)
      .split('\n')
      .filter((line) => line.includes(`/${name}/`));
    expect(lines).toEqual([`export { ${name} } from './${name}/domain.ts';`]);
    const parts = ['domain.ts', 'resolvers.ts', 'loaders.ts'].map((part) => join(folder, part));
    const importers = files.filter(
      (path) => dirname(path) !== folder && path !== registry && imported.get(path)!.some((one) => parts.includes(one)),
    );
    expect(importers).toEqual([]);
  });

  it('has its schema in a file of its name', () => {
    expect(Object.keys(domains).filter((name) => !existsSync(join(root, `schema/${name}.graphql`)))).toEqual([]);
  });

  it('finds the nodes of its types, each type in one domain', () => {
    const types = Object.values(domains).flatMap((domain) => ('nodes' in domain ? Object.keys(domain.nodes) : []));
    expect(types.sort()).toEqual(Object.keys(prefixes).sort());
  });

  it('is registered where CONTRIBUTING says', () => {
    expect(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')).toContain(`\`src/${registry}\``);
  });
});
