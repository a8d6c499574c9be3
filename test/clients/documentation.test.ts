import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codesInSource } from './error-codes.ts';

const root = new URL('../../', import.meta.url);
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8');
const pages = ['docs/clients.md', ...readdirSync(new URL('docs/clients/', root)).map((name) => `docs/clients/${name}`)];

/** Code blocks that name the region of a program which they show: `<!-- examples/clients/x.ts#name -->` before the block. */
const snippets = pages.flatMap((page) =>
  [...textOf(page).matchAll(/<!-- (\S+?)#(\S+) -->\n```\w+\n(.*?)```\n/gs)].map(([, file, region, code]) => ({
    ...{ page, file: file!, region: region!, code: code! },
  })),
);

function regionOf(file: string, region: string): string | undefined {
  const [, text] = new RegExp(`// #region ${region}\n(.*?)// #endregion`, 's').exec(textOf(file)) ?? [];
  return text;
}

describe('a page for a client', () => {
  it.each(snippets)('$page shows $region of $file as it is run by a test', ({ file, region, code }) => {
    expect(code).toBe(regionOf(file, region));
  });

  it.each(pages.slice(1))('has no TypeScript but what a test runs: %s', (page) => {
    const shown = textOf(page).match(/^```ts$/gm)?.length ?? 0;
    expect(shown).toBe(snippets.filter((snippet) => snippet.page === page).length);
    expect(shown).toBeGreaterThan(0);
    expect(textOf('docs/clients.md')).toContain(`](${page.slice('docs/'.length)})`);
  });
});

describe('the page of clients', () => {
  it('has a row for each code that an error can have, and for no other', () => {
    const rows = [...textOf('docs/clients.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code!);
    expect(rows.sort()).toEqual(codesInSource());
  });
});
