import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const pageFolder = fileURLToPath(new URL('./page/', import.meta.url));

/**
 * Bundles the page into a folder: `index.html`, and a script, a style sheet and an icon whose names contain the hash of their
 * content. What was in the folder is removed.
 */
export async function bundleDashboard(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: { dashboard: join(pageFolder, 'main.tsx'), icon: join(pageFolder, 'icon.svg') },
    outdir: folder,
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.graphql': 'text', '.svg': 'copy' },
    legalComments: 'eof',
    metafile: true,
  });
  const names = Object.keys(metafile.outputs).map((path) => path.split('/').at(-1)!);
  const nameOf = (ending: string) => names.find((name) => name.endsWith(ending))!;
  const template = await readFile(join(pageFolder, 'index.html'), 'utf8');
  const html = template.replace(/\{\{(\.\w+)\}\}/g, (_, ending: string) => `dashboard/${nameOf(ending)}`);
  await writeFile(join(folder, 'index.html'), html);
}
