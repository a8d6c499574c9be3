import { setTimeout as delay } from 'node:timers/promises';
import { readsOf } from './reads.ts';
import type { Site } from './site.ts';
import type { Tally } from './tally.ts';
import { readStored, type World } from './world.ts';

const healWithinMs = 20_000;

/** Resolves when every process answers from memory again; a process that does not in time is noted as a violation. */
export async function healed({ hosts }: Site, { spaces }: World, tally: Tally): Promise<void> {
  const { token } = spaces[0]!;
  for (const host of hosts) {
    const endsAt = performance.now() + healWithinMs;
    for (;;) {
      const answer = await host.ask(token, '{ settings { id } }').catch(() => undefined);
      if (answer?.cache.startsWith('Magpie; hit')) break;
      if (performance.now() > endsAt) {
        tally.broken(`process ${host.number} does not answer from memory ${healWithinMs / 1_000} s after all faults`);
        break;
      }
      await delay(100);
    }
  }
}

/** After quiet all processes answer alike, from memory and at first, with what the database has. */
export async function compareAll({ hosts, primary }: Site, { spaces }: World, tally: Tally): Promise<void> {
  for (const space of spaces) {
    const stored = await readStored(primary, space.workspaceId);
    for (const read of readsOf(space)) {
      const texts = new Set<string>();
      for (const host of hosts)
        for (let time = 0; time < 3; time++) {
          const { json } = await host.ask(space.token, read.query);
          texts.add(JSON.stringify(json));
          for (const problem of differences(json.data, stored, space.conversationId))
            tally.broken(`after quiet, process ${host.number}, ${read.name}: ${problem}`);
        }
      if (texts.size > 1) tally.broken(`after quiet, answers to ${read.name} differ:\n${[...texts].join('\n')}`);
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: an answer to any of the documents
function differences(data: any, stored: Awaited<ReturnType<typeof readStored>>, conversationId: string): string[] {
  const problems: string[] = [];
  const expect = (what: string, expected: unknown, got: unknown) => {
    if (expected !== got) problems.push(`expected ${what} to be ${expected}, but got ${got}`);
  };
  const visit = (value: unknown) => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (typeof value !== 'object' || value === null) return;
    const { id, revision } = value as { id?: string; revision?: number };
    if (id !== undefined && revision !== undefined)
      expect(`the revision of ${id}`, stored.nodes.get(id)?.level, revision);
    for (const part of Object.values(value)) visit(part);
  };
  visit(data);
  if (data.posts) expect('the number of posts', stored.postCount, data.posts.totalCount);
  if (data.aiGenerations) expect('the number of generations', stored.generationCount, data.aiGenerations.totalCount);
  if (data.inboxSummary) expect('unread messages', stored.unreadOfAll, data.inboxSummary.unreadCount);
  if (data.conversation)
    expect('its unread messages', stored.unread.get(conversationId), data.conversation.unreadCount);
  if (data.savedReplies) {
    const ids = data.savedReplies.map(({ id }: { id: string }) => id);
    expect('saved replies', [...stored.replies].sort().join(), ids.sort().join());
  }
  return problems;
}
