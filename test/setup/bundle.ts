import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { removeOutdated } from './outdated.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** They find files of theirs beside them, or are not installed. */
const external = ['@aws-sdk/*', '@electric-sql/pglite', 'bufferutil', 'esbuild', 'pg-native', 'pino', 'utf-8-validate'];

/** CommonJS packages in a bundle call `require`. */
const js = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

const prefix = 'magpie-test-';

const bundles = new Map<string, Promise<string>>();

/**
 * Makes one script of a TypeScript file and all that it imports, and returns its path. Without it each process of a test loads 1,300
 * modules through a TypeScript loader, which takes 3 s of a core.
 */
export function bundled(script: URL): Promise<string> {
  const path = fileURLToPath(script);
  const bundle = bundles.get(path) ?? makeBundle(path);
  bundles.set(path, bundle);
  return bundle;
}

async function makeBundle(path: string): Promise<string> {
  const name = basename(path, '.ts');
  const folder = join(root, 'node_modules', '.cache'); // packages that are not in the bundle are found from here
  await mkdir(folder, { recursive: true });
  await removeOutdated(folder, prefix);
  const outdir = await mkdtemp(join(folder, prefix));
  await build({
    entryPoints: [path],
    ...{ outdir, outExtension: { '.js': '.mjs' }, splitting: true, logLevel: 'error' },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', conditions: ['magpie-source'] },
    ...{ external, banner: { js }, plugins: [ownPlaces] },
  });
  return join(outdir, `${name}.mjs`);
}

/** Files of this repository find others relative to themselves. */
const ownPlaces: Plugin = {
  name: 'own places',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (!path.startsWith(root) || path.includes('/node_modules/')) return undefined;
      const text = await readFile(path, 'utf8');
      const url = JSON.stringify(pathToFileURL(path).href);
      const contents = text
        .replaceAll('import.meta.url', url)
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
      return { contents, loader: 'ts' };
    });
  },
};
