import type { Queries } from '../../database/database.ts';
import { wordsOf } from '../../error-words.ts';
import type { AccountStatus } from '../../generated/schema.ts';
import { type Network, type NetworkAccount, NetworkRefusal } from '../accounts/network.ts';
import { inTime } from '../inbox/time-limit.ts';
import { workspacesWithDueTargets } from './publishing.ts';

export interface PublisherOptions {
  /** For reading only: whatever is changed is changed by `execute`. */
  readonly queries: Queries;
  readonly network: Network;
  /** Runs a mutation through the schema, as the system in a workspace, and resolves with its `data`. Rejects when it failed. */
  readonly execute: (workspaceId: string, document: string, variables: Record<string, unknown>) => Promise<unknown>;
  readonly log: Record<'info' | 'warn' | 'error', (details: object, message: string) => void>;
  readonly pollMs?: number;
  /** How long a first claim holds. A call may take half of it, so that its outcome is recorded while the claim holds. */
  readonly leaseSeconds?: number;
  /** Calls under way at the same time. */
  readonly concurrency?: number;
  readonly now?: () => Date;
}

export interface Publisher {
  start(): void;
  /** Claims no more, and waits for the calls under way, which end within their time limit. */
  stop(): Promise<void>;
  /** One round: claims what is due and waits for all of it. Resolves with the number of targets claimed. */
  tick(): Promise<number>;
}

const maxAttempts = 5;

/**
 * Publishes what is due. It claims targets by mutation, calls the network outside of any transaction, and records each
 * outcome by mutation. Several processes may run one: a claim is exclusive until its lease ends, and one whose process died
 * is then taken over with the same id, which the network takes once.
 */
export function createPublisher(options: PublisherOptions): Publisher {
  const { queries, log, pollMs = 1_000, leaseSeconds = 60, concurrency = 8, now = () => new Date() } = options;
  const callTimeoutMs = (leaseSeconds * 1_000) / 2;
  const underWay = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<unknown> = Promise.resolve();
  let isRunning = false;

  /** Claims for as many calls as there is room, fairly among workspaces; resolves once the calls have begun. */
  async function begin(isWanted: () => boolean): Promise<Promise<void>[]> {
    const begun: Promise<void>[] = [];
    const workspaceIds = await workspacesWithDueTargets(queries, now());
    for (const [index, workspaceId] of workspaceIds.entries()) {
      const room = Math.ceil((concurrency - underWay.size) / (workspaceIds.length - index));
      if (room < 1 || !isWanted()) break;
      for (const claimed of await claim(options, workspaceId, { limit: room, leaseSeconds })) {
        const publication = publish(options, { workspaceId, claimed, callTimeoutMs }).finally(() =>
          underWay.delete(publication),
        );
        underWay.add(publication);
        begun.push(publication);
      }
    }
    return begun;
  }

  function poll(): void {
    round = begin(() => isRunning)
      .catch((error: unknown) => log.error({ err: error }, 'publisher: could not claim; trying again'))
      .then(() => {
        if (isRunning) timer = setTimeout(poll, pollMs);
      });
  }

  return {
    start() {
      if (isRunning) return;
      isRunning = true;
      poll();
    },
    async stop() {
      isRunning = false;
      clearTimeout(timer);
      await round;
      await Promise.all(underWay);
    },
    async tick() {
      const begun = await begin(() => true);
      await Promise.all(begun);
      return begun.length;
    },
  };
}

const claimDocument = /* GraphQL */ `
  mutation ClaimTargets($input: ClaimTargetsInput!) {
    claimTargets(input: $input) {
      targets {
        target { id account { id network handle status } }
        post { id media { id url mimeType altText } }
        text
      }
      userErrors { message }
    }
  }
`;

const recordDocument = /* GraphQL */ `
  mutation RecordPublication($input: RecordPublicationInput!) {
    recordPublication(input: $input) {
      userErrors { message }
    }
  }
`;

interface ClaimedTarget {
  readonly target: { id: string; account: (NetworkAccount & { status: AccountStatus }) | null };
  readonly post: { id: string; media: Parameters<Network['publish']>[0]['media'] };
  readonly text: string;
}

type UserErrors = readonly { message: string }[];

async function claim(
  { execute }: PublisherOptions,
  workspaceId: string,
  input: { limit: number; leaseSeconds: number },
): Promise<readonly ClaimedTarget[]> {
  const { claimTargets } = (await execute(workspaceId, claimDocument, { input })) as {
    claimTargets: { targets: readonly ClaimedTarget[]; userErrors: UserErrors };
  };
  refuseErrors(claimTargets.userErrors);
  return claimTargets.targets;
}

type Outcome = { permalink: string } | { failureMessage: string };

/** Never rejects: what goes wrong here is tried again when the lease has ended. */
async function publish(
  options: PublisherOptions,
  { workspaceId, claimed, callTimeoutMs }: { workspaceId: string; claimed: ClaimedTarget; callTimeoutMs: number },
): Promise<void> {
  const { execute, log } = options;
  const targetId = claimed.target.id;
  const details = { workspaceId, targetId, postId: claimed.post.id };
  try {
    const outcome = await call(options, { claimed, callTimeoutMs });
    const { recordPublication } = (await execute(workspaceId, recordDocument, { input: { targetId, ...outcome } })) as {
      recordPublication: { userErrors: UserErrors };
    };
    refuseErrors(recordPublication.userErrors);
    log.info({ ...details, ...outcome }, 'permalink' in outcome ? 'publisher: published' : 'publisher: refused');
  } catch (error) {
    log.warn({ ...details, err: error }, 'publisher: no outcome; trying again when the lease has ended');
  }
}

/** Rejects when the network did not answer and is to be asked again. */
async function call(
  { network, queries }: PublisherOptions,
  { claimed: { target, post, text }, callTimeoutMs }: { claimed: ClaimedTarget; callTimeoutMs: number },
): Promise<Outcome> {
  const { id, account } = target;
  if (!account) return { failureMessage: 'The account has been disconnected.' };
  if (account.status === 'PAUSED') return { failureMessage: 'The team has paused the account.' };
  if (account.status === 'RECONNECT_REQUIRED') return { failureMessage: 'The account must be connected again first.' };
  try {
    return await inTime((signal) => network.publish({ id, account, text, media: post.media }, signal), callTimeoutMs);
  } catch (error) {
    if (error instanceof NetworkRefusal) return { failureMessage: error.message };
    const { attempts } = await queries
      .selectFrom('postTargets')
      .select('attempts')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (attempts < maxAttempts) throw error;
    return {
      failureMessage: `The network did not take it in ${attempts} attempts. The last time: ${wordsOf(error)}`,
    };
  }
}

function refuseErrors(errors: UserErrors): void {
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join(' '));
}
