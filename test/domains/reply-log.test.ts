import { describe, expect, it } from 'vitest';
import { type Network, NetworkRefusal } from '../../src/domains/accounts/network.ts';
import { withReplyLog } from '../../src/domains/accounts/reply-log.ts';

const request = {
  ...{ id: 'msg_1', contactHandle: 'lea', text: 'a secret' },
  account: { id: 'acc_1', network: 'MASTODON' as const, handle: 'us' },
};

/** The lines in the log after a reply by a network, and the outcome for the author's mutation. */
async function replyBy(reply: Network['reply'], signal = new AbortController().signal) {
  const lines: Record<string, unknown>[] = [];
  const network = withReplyLog({ reply } as Network, {
    error: (details, message) => lines.push({ ...details, text: message }),
  });
  const outcome = await network.reply(request, signal).then(
    () => 'sent',
    (error: Error) => error.message,
  );
  return { lines, outcome };
}

describe('a reply that a network does not send', () => {
  it('is logged without its text, and rejects with its error', async () => {
    const { lines, outcome } = await replyBy(() => Promise.reject(new Error('connect ECONNREFUSED')));
    expect(outcome).toBe('connect ECONNREFUSED');
    expect(lines).toMatchObject([
      { message: 'msg_1', account: 'acc_1', network: 'MASTODON', err: { message: 'connect ECONNREFUSED' } },
    ]);
    expect(JSON.stringify(lines)).not.toContain('a secret');
  });

  it('is logged when the network neither responds nor heeds the abort signal', async () => {
    const limit = new AbortController();
    const replied = replyBy(() => new Promise(() => {}), limit.signal);
    limit.abort(new Error('too late'));
    expect(await replied).toMatchObject({ outcome: 'too late', lines: [{ err: { message: 'too late' } }] });
  });

  it('is not logged when the network refused it', async () => {
    const refused = () => Promise.reject(new NetworkRefusal('They blocked you.'));
    expect(await replyBy(refused)).toEqual({ outcome: 'They blocked you.', lines: [] });
  });
});

describe('a reply that is sent', () => {
  it('leaves no line', async () => {
    expect(await replyBy(async () => {})).toEqual({ outcome: 'sent', lines: [] });
  });
});
