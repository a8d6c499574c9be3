import { describe, expect, it } from 'vitest';
import { type DueTargets, PublishingSlots } from '../../src/domains/posts/publishing-slots.ts';

const due: DueTargets[] = [
  { network: 'X', workspaceId: 'ws_1' },
  { network: 'X', workspaceId: 'ws_2' },
  { network: 'MASTODON', workspaceId: 'ws_1' },
];

describe('the slots of a network', () => {
  it('are divided among workspaces and taken until they are freed', () => {
    const slots = new PublishingSlots({ perNetwork: 5, perWorkspace: 3 });
    const divide = () => slots.divide(due).map((share) => [share.network, share.workspaceId, share.slots.length]);
    const shares = slots.divide(due);
    expect(shares.map((share) => share.slots.length)).toEqual([3, 2, 3]);
    expect(divide()).toEqual([]);
    for (const free of shares[0]!.slots) free();
    expect(divide()).toEqual([
      ['X', 'ws_1', 2],
      ['X', 'ws_2', 1],
    ]);
  });
});
