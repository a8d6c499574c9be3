import { readdirSync, readFileSync } from 'node:fs';

const sources = ['../../src/', '../../packages/graphql-cache/src/'].map((folder) => new URL(folder, import.meta.url));
const asProperty = /\bcode: '([A-Z][A-Z_]+)'/g;
const asArgument = /(?:requestError|persistedQueryError)\(.*?'([A-Z][A-Z_]+)'\)/g;

/** Every code that the source gives an error, sorted. */
export function codesInSource(): string[] {
  const texts = sources.flatMap((source) =>
    readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.startsWith('generated'))
      .map((path) => readFileSync(new URL(path, source), 'utf8')),
  );
  const found = texts.flatMap((text) =>
    [asProperty, asArgument].flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => code!)),
  );
  return [...new Set(found)].sort();
}
