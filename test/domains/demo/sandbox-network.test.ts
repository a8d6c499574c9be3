import { describe, expect, it } from 'vitest';
import { NetworkRefusal } from '../../../src/domains/accounts/network.ts';
import { createSandboxNetwork } from '../../../src/domains/demo/sandbox-network.ts';
import { testId } from '../../setup/ids.ts';

const account = { id: 'acc_1', network: 'X', handle: 'wool & co' } as const;
const { signal } = new AbortController();
const uploads = { of: () => undefined, add: async () => {} };
const request = (id: string) => ({ id, account, text: 'Hello', media: [], uploads });
const ids = Array.from({ length: 2_000 }, () => testId('PostTarget'));

async function answersOf(seed: number): Promise<string[]> {
  const network = createSandboxNetwork({ seed });
  return Promise.all(
    ids.map((id) =>
      network.publish(request(id), signal).then(
        ({ permalink }) => permalink,
        (error: NetworkRefusal) => `${error.constructor.name}: ${error.message}`,
      ),
    ),
  );
}

describe('the sandbox network', () => {
  it('gives what it publishes an address of its own', async () => {
    const id = 'tgt_1';
    expect(await createSandboxNetwork({ seed: 1 }).publish(request(id), signal)).toEqual({
      permalink: 'https://sandbox.example/x/wool%20%26%20co/tgt_1',
    });
  });

  it('refuses about one in 25, with reasons that name the network', async () => {
    const refusals = (await answersOf(1)).filter((answer) => answer.startsWith(NetworkRefusal.name));
    expect(refusals.length).toBeGreaterThan(50);
    expect(refusals.length).toBeLessThan(115);
    for (const refusal of refusals) expect(refusal).toMatch(/\bX\b.*\./);
  });

  it('answers alike for the same seed and id, and otherwise for another seed', async () => {
    expect(await answersOf(1)).toEqual(await answersOf(1));
    expect(await answersOf(1)).not.toEqual(await answersOf(2));
  });

  it('repeats what it has published, and gives what it refused a new chance', async () => {
    const network = createSandboxNetwork({ seed: 1 });
    const attempt = (id: string) =>
      network.publish(request(id), signal).then(
        ({ permalink }) => permalink,
        () => null,
      );
    const first = await Promise.all(ids.map(attempt));
    const second = await Promise.all(ids.map(attempt));
    for (const [index, permalink] of first.entries()) if (permalink) expect(second[index]).toBe(permalink);
    const refused = first.filter((permalink) => !permalink).length;
    expect(second.filter((permalink) => !permalink).length).toBeLessThan(refused / 4);
  });

  it('never refuses a reply', async () => {
    const network = createSandboxNetwork({ seed: 1 });
    const reply = (id: string) => network.reply({ id, account, contactHandle: 'bob', text: 'Hi' }, signal);
    await expect(Promise.all(ids.map(reply))).resolves.toHaveLength(ids.length);
  });
});
