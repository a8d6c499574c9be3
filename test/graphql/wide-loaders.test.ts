import { describe, expect, it } from 'vitest';
import { ada } from './nest.ts';
import { createProduct } from './product.ts';

describe('what belongs to several workspaces', () => {
  const memberships = ['ws_nest', 'ws_other'].map((id) => ({
    workspace_id: id,
    user_id: 'user_ada',
    role: 'OWNER',
    account_ids: null,
  }));

  /** Statements for workspaces wait for the test; each brings the name of the moment at which it is asked. */
  function inWorkspaces() {
    const names = { ws_nest: 'Nest', ws_other: 'Other' };
    const waiting: (() => void)[] = [];
    const product = createProduct({
      memberships: () => memberships,
      workspaces: () => {
        const rows = Object.entries(names).map(([id, name]) => ({ id, name, created_at: '2026-11-01T00:00:00.000Z' }));
        return new Promise((resolve) => waiting.push(() => resolve(rows)));
      },
    });
    const settled = async () => {
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
      return waiting.length;
    };
    return { product, names, settled, open: () => waiting.splice(0).forEach((go) => void go()) };
  }

  it('is loaded once for one request, until any of them wrote', async () => {
    const { product, settled, open } = inWorkspaces();
    const { loaders } = product.engine.contextFor({ viewer: ada, requestId: 'test', isDebugging: false });
    const load = async () => {
      const loaded = loaders.viewer.workspace.load('ws_other');
      const waiting = await settled();
      open();
      return [waiting, (await loaded)?.name];
    };
    expect([await load(), await load()]).toEqual([
      [1, 'Other'],
      [0, 'Other'],
    ]);
    product.engine.cache.invalidate(['ws_other/Workspace']);
    expect(await load()).toEqual([1, 'Other']);
  });
});
