import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { inject } from 'vitest';
import { removeOutdated } from './outdated.ts';
import { inOneWorker } from './server.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** They find files of theirs beside them, or are not installed. */
const external = ['@aws-sdk/*', '@electric-sql/pglite', 'bufferutil', 'esbuild', 'pg-native', 'pino', 'utf-8-validate'];

/** CommonJS packages in a bundle call `require`. */
const js = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** The server, and all else that tests run in processes of their own. In one build they share what they import. */
const entryPoints = ['src/main.ts', 'test/**/processes/*.ts'];

const prefix = 'magpie-test-';

let bundles: Promise<string> | undefined;

/**
 * Makes one script of a TypeScript file and all that it imports, and returns its path. Without it each process of a test loads 1,300
 * modules through a TypeScript loader, which takes 3 s of a core.
 */
export async function bundled(script: URL): Promise<string> {
  bundles ??= inOneWorker(inject('postgresUrl'), 'bundles', makeBundles);
  return join(await bundles, relative(root, fileURLToPath(script)).replace(/ts$/, 'mjs'));
}

/** Makes those of the run, unless they are there, and returns their folder. */
async function makeBundles(): Promise<string> {
  const folder = join(root, 'node_modules', '.cache'); // packages that are not in the bundle are found from here
  const finished = join(folder, prefix + inject('run'));
  if (existsSync(finished)) return finished;
  await mkdir(folder, { recursive: true });
  await removeOutdated(folder, prefix);
  const outdir = `${finished}.draft`;
  await build({
    ...{ absWorkingDir: root, outbase: root, entryPoints },
    ...{ outdir, outExtension: { '.js': '.mjs' }, splitting: true, logLevel: 'error' },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', conditions: ['magpie-source'] },
    ...{ external, banner: { js }, plugins: [ownPlaces] },
  });
  await rename(outdir, finished);
  return finished;
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
