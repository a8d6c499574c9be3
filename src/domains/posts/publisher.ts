import type { Queries } from '../../database/database.ts';
import { Rounds } from '../rounds.ts';
import { WorkspaceTasks, type WorkspaceTasksOptions } from '../workspace-tasks.ts';
import { claim, type PublicationOptions, publish } from './publication.ts';
import { dueByNetwork } from './publishing.ts';
import { PublishingSlots, type Share, type SlotLimits, slotsKey } from './publishing-slots.ts';

export interface PublisherOptions extends Omit<PublicationOptions, 'now'> {
  /** For reading only: all changes are made by `execute`. */
  readonly queries: Queries;
  readonly pollMs?: number;
  /** Duration of a first claim; each later one is twice as long. A call may take half of its claim. */
  readonly leaseSeconds?: number;
  readonly slots?: SlotLimits;
  readonly claims?: WorkspaceTasksOptions;
  /** How long `stop` waits before it aborts running calls. */
  readonly stopMs?: number;
  readonly now?: () => Date;
}

export interface Publisher {
  start(): void;
  /** Claims no more, and waits for running calls. An aborted call is repeated when its claim has ended. */
  stop(): Promise<void>;
  /** Runs one round: claims due targets and publishes them. Resolves with the number of claimed targets. */
  tick(): Promise<number>;
  /** A problem to report to the operator; undefined while the work succeeds. */
  problem(): string | undefined;
}

/**
 * Publishes due targets. It claims targets by mutation, calls the network outside of any transaction, and records each outcome by
 * mutation. Several processes may run one: a claim is exclusive until its lease ends. When its process dies, another one takes it
 * over with the same id, which the network accepts once.
 */
export function createPublisher({
  slots: limits = { perNetwork: 16, perWorkspace: 4 },
  claims: claimLimits,
  pollMs = 1_000,
  leaseSeconds = 60,
  stopMs = 10_000,
  now = () => new Date(),
  ...options
}: PublisherOptions): Publisher {
  const slots = new PublishingSlots(limits);
  const claims = new WorkspaceTasks(claimLimits);
  const stopping = new AbortController();
  const publication: PublicationOptions = { ...options, now };
  const rounds = new Rounds('publisher');
  const runningCalls = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<unknown> = Promise.resolve();
  let isRunning = false;

  /** Claims targets for as many calls as are allowed, and begins the calls. Adds them to `begun`. */
  async function begin(isWanted: () => boolean, begun: Promise<void>[] = []): Promise<void> {
    const due = await dueByNetwork(options.queries, now());
    const divided = slots.divide(due.filter((each) => !claims.has(slotsKey(each))));
    const shares = new Map(divided.map((share) => [slotsKey(share), share]));
    await claims.run([...shares.keys()], {
      async task(key) {
        begun.push(...(await beginCalls(shares.get(key)!, isWanted)));
      },
      onFailure(key, error) {
        const { workspaceId, network } = shares.get(key)!;
        const details = { workspaceId, network, err: error };
        options.log.error(details, 'publisher: could not claim for a workspace; trying again');
      },
    });
  }

  /** Claims the targets of a share and begins the calls. */
  async function beginCalls({ network, workspaceId, slots: own }: Share, isWanted: () => boolean) {
    const left = [...own];
    try {
      const limit = left.length;
      const claimed = isWanted() ? await claim(publication, workspaceId, { network, limit, leaseSeconds }) : [];
      return claimed.map((each) => {
        const free = left.pop()!;
        const call = publish(publication, { workspaceId, claimed: each, stop: stopping.signal }).finally(() => {
          free();
          runningCalls.delete(call);
        });
        runningCalls.add(call);
        return call;
      });
    } finally {
      for (const free of left) free();
    }
  }

  function poll(): void {
    round = rounds
      .run(() => begin(() => isRunning))
      .catch((error: unknown) => options.log.error({ err: error }, 'publisher: could not claim; trying again'))
      .then(() => {
        if (isRunning) timer = setTimeout(poll, pollMs);
      });
  }

  return {
    problem: () => rounds.problem(),
    start() {
      if (isRunning) return;
      isRunning = true;
      poll();
    },
    async stop() {
      isRunning = false;
      clearTimeout(timer);
      const limit = setTimeout(() => stopping.abort(new Error('the publisher stops')), stopMs);
      await round;
      await claims.ended();
      await Promise.all(runningCalls);
      clearTimeout(limit);
    },
    async tick() {
      const begun: Promise<void>[] = [];
      await begin(() => true, begun);
      await claims.ended();
      await Promise.all(begun);
      return begun.length;
    },
  };
}
