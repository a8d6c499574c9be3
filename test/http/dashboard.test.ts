import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleDashboard } from '../../src/dashboard/bundle.ts';
import { createTestServer } from './engine.ts';

let folder: string;
let server: ReturnType<typeof createTestServer>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'magpie-dashboard-'));
  await bundleDashboard(folder);
  server = createTestServer({ dashboardFolder: folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = (path: string, init: RequestInit = {}) => server.fetch(`http://magpie.test${path}`, init);
const linked = (html: string) => [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path]) => `/${path}`);

describe('the page at /dashboard', () => {
  it('holds no script and no style itself, and may load and ask this server alone', async () => {
    const response = await ask('/dashboard');
    const html = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(html).not.toMatch(/<script[^>]*>[^<]|<style|style=|https?:/);
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:|blob:/);
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'", "base-uri 'none'"]),
    );
  });

  it('links a script, a style sheet and an icon, and these are all that there is', async () => {
    const paths = linked(await (await ask('/dashboard')).text());
    const names = (await readdir(folder)).filter((name) => name !== 'index.html');
    expect([...paths].sort()).toEqual(names.map((name) => `/dashboard/${name}`).sort());
    const types = await Promise.all(paths.map(async (path) => (await ask(path)).headers.get('content-type')));
    expect(types).toEqual(['image/svg+xml', 'text/css; charset=utf-8', 'text/javascript; charset=utf-8']);
  });

  it('is asked for each time and its files once, as their names have the hash of what is in them', async () => {
    const page = await ask('/dashboard');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    for (const path of linked(await page.text())) {
      expect(path).toMatch(/-[A-Z\d]{8}\.(js|css|svg)$/);
      expect((await ask(path)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
  });

  it('comes compressed, and not again', async () => {
    const plain = Buffer.from(await (await ask('/dashboard')).arrayBuffer());
    const packed = await ask('/dashboard', { headers: { 'accept-encoding': 'br, gzip' } });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(gunzipSync(Buffer.from(await packed.arrayBuffer()))).toEqual(plain);
    const again = await ask('/dashboard', { headers: { 'if-none-match': packed.headers.get('etag')! } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('answers HEAD without a body, and leaves what is not there to the answer 404', async () => {
    const head = await ask('/dashboard', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const path of ['/dashboard/', '/dashboard/index.html', '/dashboard/../package.json', '/dashboards'])
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
  });

  it('is there again once a file can be read that could not be', async () => {
    const broken = await mkdtemp(join(tmpdir(), 'magpie-dashboard-'));
    await writeFile(join(broken, 'index.html'), '<p>page</p>');
    await symlink('nowhere', join(broken, 'script.js'));
    const { fetch } = createTestServer({ dashboardFolder: broken });
    expect((await fetch('http://magpie.test/dashboard')).status).toBe(500);
    await rm(join(broken, 'script.js'));
    expect((await fetch('http://magpie.test/dashboard')).status).toBe(200);
    await rm(broken, { recursive: true, force: true });
  });

  it('is served without what is no part of it', async () => {
    const mixed = await mkdtemp(join(tmpdir(), 'magpie-dashboard-'));
    for (const name of ['index.html', 'notes.txt', 'README']) await writeFile(join(mixed, name), 'text');
    await mkdir(join(mixed, 'folder'));
    const { fetch } = createTestServer({ dashboardFolder: mixed });
    for (const [path, status] of [
      ['/dashboard', 200],
      ['/dashboard/notes.txt', 404],
      ['/dashboard/README', 404],
      ['/dashboard/folder', 404],
    ] as const)
      expect([path, (await fetch(`http://magpie.test${path}`)).status]).toEqual([path, status]);
    await rm(mixed, { recursive: true, force: true });
  });

  it('names the command that builds it where it is not built, and is there once it is', async () => {
    const later = await mkdtemp(join(tmpdir(), 'magpie-dashboard-'));
    const { fetch } = createTestServer({ dashboardFolder: later });
    const missing = await fetch('http://magpie.test/dashboard');
    expect([missing.status, await missing.text()]).toEqual([503, expect.stringContaining('npm run dashboard')]);
    await bundleDashboard(later);
    expect((await fetch('http://magpie.test/dashboard')).status).toBe(200);
    await rm(later, { recursive: true, force: true });
  });
});
