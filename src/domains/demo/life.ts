import { createHash } from 'node:crypto';
import type { Queries } from '../../database/database.ts';
import { type Background, createBackground, type Execute, type Log, mutate } from '../background.ts';
import { today } from '../date-range.ts';
import { followUp, type InboundMessage, newContact } from './inbound.ts';
import { type MeasuredWorkspace, measureAccounts, measurePosts } from './measuring.ts';
import { createRandom, type Random } from './random.ts';

const hourMs = 3_600_000;

const receiveMessage = /* GraphQL */ `
  mutation ReceiveMessage($input: ReceiveMessageInput!) {
    receiveMessage(input: $input) { userErrors { message } }
  }
`;
const recordMetrics = /* GraphQL */ `
  mutation RecordMetrics($input: RecordMetricsInput!) {
    recordMetrics(input: $input) { userErrors { message } }
  }
`;
const recordPostMetrics = /* GraphQL */ `
  mutation RecordPostMetrics($input: RecordPostMetricsInput!) {
    recordPostMetrics(input: $input) { userErrors { message } }
  }
`;

export interface DemoLifeOptions {
  queries: Queries;
  execute: Execute;
  log: Log;
  seed: number;
  pollMs?: number;
  /** Mean time between two messages to a workspace. */
  messageEveryMs?: number;
  now?: () => Date;
}

/**
 * Simulates the outside of a demo: contacts send messages, and each hour the networks report metrics of accounts and recent posts.
 * Equal seeds, workspaces and clocks give equal events.
 */
export function createDemoLife({
  queries,
  execute,
  log,
  seed,
  pollMs = 5_000,
  messageEveryMs = 75_000,
  now = () => new Date(),
}: DemoLifeOptions): Background {
  const pulses = new Map<string, { random: Random; nextMessageMs: number; hour: number }>();

  async function tick(): Promise<void> {
    const at = now();
    for (const measuredWorkspace of await workspacesOf(queries)) {
      await simulate(measuredWorkspace, at).catch((error) =>
        log.error({ workspaceId: measuredWorkspace.workspaceId, err: error }, 'demo life: an event failed'),
      );
    }
  }

  async function simulate(measuredWorkspace: MeasuredWorkspace, at: Date): Promise<void> {
    const { workspaceId } = measuredWorkspace;
    const atMs = at.getTime();
    const hour = Math.floor(atMs / hourMs);
    let pulse = pulses.get(workspaceId);
    if (!pulse) {
      const random = createRandom(seedOf(seed, workspaceId));
      pulse = { random, nextMessageMs: atMs + random.exponential(messageEveryMs), hour };
      pulses.set(workspaceId, pulse);
    }
    const { random } = pulse;
    if (pulse.nextMessageMs <= atMs) {
      pulse.nextMessageMs = atMs + random.exponential(messageEveryMs);
      const input = await nextMessage(queries, workspaceId, random);
      if (input)
        await mutate(execute, workspaceId, {
          document: receiveMessage,
          input: { ...input, externalId: `sandbox-${atMs}` },
        });
    }
    if (pulse.hour !== hour) {
      pulse.hour = hour;
      await report(measuredWorkspace, { at, random });
    }
  }

  async function report(
    measuredWorkspace: MeasuredWorkspace,
    { at, random }: { at: Date; random: Random },
  ): Promise<void> {
    const { workspaceId, timeZone } = measuredWorkspace;
    const date = today(timeZone, at);
    for (const input of await measureAccounts(queries, measuredWorkspace, { date, random }))
      await mutate(execute, workspaceId, { document: recordMetrics, input });
    for (const input of await measurePosts(queries, measuredWorkspace, { date, random, now: at }))
      await mutate(execute, workspaceId, { document: recordPostMetrics, input });
  }

  return createBackground(tick, { name: 'demo life', pollMs, log });
}

/** A message to one of the connected accounts; about every second one is from a known contact. */
async function nextMessage(
  queries: Queries,
  workspaceId: string,
  random: Random,
): Promise<(InboundMessage & { accountId: string }) | undefined> {
  const accounts = await queries
    .selectFrom('accounts')
    .select(['id', 'network'])
    .where('workspaceId', '=', workspaceId)
    .where('status', '!=', 'RECONNECT_REQUIRED')
    .orderBy('id')
    .execute();
  if (accounts.length === 0) return undefined;
  const { id: accountId, network } = random.pick(accounts);
  const contacts = await queries
    .selectFrom('conversations')
    .select(['kind', 'contactName', 'contactHandle'])
    .where('workspaceId', '=', workspaceId)
    .where('accountId', '=', accountId)
    .where('kind', '=', 'DIRECT_MESSAGE')
    .orderBy('lastActivityAt', 'desc')
    .orderBy('id', 'desc')
    .limit(20)
    .execute();
  const isKnown = random.chance(0.5) && contacts.length > 0;
  return { accountId, ...(isKnown ? followUp(random, random.pick(contacts)) : newContact(random, network)) };
}

function workspacesOf(queries: Queries): Promise<MeasuredWorkspace[]> {
  return queries.selectFrom('settings').select(['workspaceId', 'timeZone']).orderBy('workspaceId').execute();
}

function seedOf(seed: number, workspaceId: string): number {
  return createHash('sha256').update(`${seed} ${workspaceId}`).digest().readUInt32BE();
}
