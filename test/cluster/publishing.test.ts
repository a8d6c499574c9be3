import { expect, it } from 'vitest';
import { Epoch } from '../../src/cluster/epoch.ts';
import type { MemberConnection } from '../../src/cluster/member-connection.ts';
import { Publishing } from '../../src/cluster/publishing.ts';
import { SeenBeats } from '../../src/cluster/seen-beats.ts';
import { defaultTiming as timing } from '../../src/cluster/timing.ts';
import { ManualTime } from '../setup/manual-time.ts';

const turn = () => new Promise(setImmediate);

/** The publications of a process on a connection that lists it and another member. */
function createPublishing() {
  const manual = new ManualTime();
  const time = { now: () => manual.clock.now(), after: (ms: number, run: () => void) => manual.after(ms, run) };
  const epoch = new Epoch({ time, timing, onSettled() {} });
  epoch.see({ id: 'epoch', isSettled: true });
  const fenced: string[] = [];
  const publishing = new Publishing({
    ...{ name: 'own', time, timing, tagsVersion: 'tags', epoch, seenBeats: new SeenBeats(time) },
    fenceAll: async () => {},
    onFence: (ids) => fenced.push(...ids),
    onOtherEpoch() {},
    onAnswer() {},
  });
  const answer = { epoch: 'epoch', members: ['own.1', 'other.1'].map((id) => [id, 1]) };
  publishing.attach({ id: 'own.1', query: async () => [answer], close() {} } as unknown as MemberConnection);
  return { publishing, fenced, time: manual };
}

it('a process that was stopped itself reads the acknowledgements that wait for it before it fences anybody', async () => {
  const { publishing, fenced, time } = createPublishing();
  const row = { id: 1, xid: 1, epoch: 'epoch', workspaceId: 'ws_1', tags: ['Post'], cause: null };
  const published = publishing.publish([row]);
  while (time.alarms === 0) await turn(); // it is sent, and waits
  time.pass(10_000); // the timers of a stopped process run first, then its sockets are read
  publishing.acknowledged('["other.1",1]');
  await published;
  await turn();
  expect(fenced).toEqual([]);
});
