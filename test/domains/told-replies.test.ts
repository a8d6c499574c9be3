import { describe, expect, it } from 'vitest';
import { type Network, NetworkRefusal } from '../../src/domains/accounts/network.ts';
import { withToldReplies } from '../../src/domains/accounts/told-replies.ts';

const request = {
  ...{ id: 'msg_1', contactHandle: 'lea', text: 'a secret' },
  account: { id: 'acc_1', network: 'MASTODON' as const, handle: 'us' },
};

/** What the log has after a reply by a network, and what the author's mutation gets. */
async function replyBy(reply: Network['reply'], signal = new AbortController().signal) {
  const lines: Record<string, unknown>[] = [];
  const network = withToldReplies({ reply } as Network, {
    error: (details, message) => lines.push({ ...details, text: message }),
  });
  const outcome = await network.reply(request, signal).then(
    () => 'sent',
    (error: Error) => error.message,
  );
  return { lines, outcome };
}

describe('a reply that a network does not take', () => {
  it('is told to the log, without its text, and fails as it did', async () => {
    const { lines, outcome } = await replyBy(() => Promise.reject(new Error('connect ECONNREFUSED')));
    expect(outcome).toBe('connect ECONNREFUSED');
    expect(lines).toMatchObject([
      { message: 'msg_1', account: 'acc_1', network: 'MASTODON', err: { message: 'connect ECONNREFUSED' } },
    ]);
    expect(JSON.stringify(lines)).not.toContain('a secret');
  });

  it('is told to the log when the network neither answers nor heeds the end of its time', async () => {
    const limit = new AbortController();
    const replied = replyBy(() => new Promise(() => {}), limit.signal);
    limit.abort(new Error('too late'));
    expect(await replied).toMatchObject({ outcome: 'too late', lines: [{ err: { message: 'too late' } }] });
  });

  it('is for its author alone when it was refused', async () => {
    const refused = () => Promise.reject(new NetworkRefusal('They blocked you.'));
    expect(await replyBy(refused)).toEqual({ outcome: 'They blocked you.', lines: [] });
  });
});

describe('a reply that is sent', () => {
  it('leaves no line', async () => {
    expect(await replyBy(async () => {})).toEqual({ outcome: 'sent', lines: [] });
  });
});
