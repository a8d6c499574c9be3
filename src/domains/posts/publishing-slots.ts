import type { NetworkName } from '../../generated/schema.ts';

export interface SlotLimits {
  /** Maximum of concurrent calls to one network. */
  readonly perNetwork: number;
  /** Maximum of these for one workspace. */
  readonly perWorkspace: number;
}

/** A workspace with targets that are due on a network. */
export interface DueTargets {
  readonly network: NetworkName;
  readonly workspaceId: string;
}

/** The slots of a workspace on a network: one for each target that it may claim. */
export interface Share extends DueTargets {
  /** Functions that free a slot; to be called once each. */
  readonly slots: readonly (() => void)[];
}

/** Limits the running calls, so that a slow network does not delay other networks, and a workspace does not delay others. */
export class PublishingSlots {
  readonly #limits: SlotLimits;
  readonly #byNetwork = new Map<string, number>();
  readonly #byWorkspace = new Map<string, number>();

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Takes the free slots of each network and divides them among the workspaces with due targets. */
  divide(due: readonly DueTargets[]): Share[] {
    const shares: Share[] = [];
    for (const [network, waiting] of grouped(due)) {
      let left = this.#limits.perNetwork - (this.#byNetwork.get(network) ?? 0);
      for (const [index, each] of waiting.entries()) {
        const room = this.#limits.perWorkspace - (this.#byWorkspace.get(slotsKey(each)) ?? 0);
        const limit = Math.min(room, Math.ceil(left / (waiting.length - index)));
        if (limit < 1) continue;
        shares.push({ ...each, slots: Array.from({ length: limit }, () => this.#take(each)) });
        left -= limit;
      }
    }
    return shares;
  }

  /** Returns a function that frees the slot. */
  #take(target: DueTargets): () => void {
    add(this.#byNetwork, target.network, 1);
    add(this.#byWorkspace, slotsKey(target), 1);
    return () => {
      add(this.#byNetwork, target.network, -1);
      add(this.#byWorkspace, slotsKey(target), -1);
    };
  }
}

export const slotsKey = ({ network, workspaceId }: DueTargets) => `${network} ${workspaceId}`;

function grouped(due: readonly DueTargets[]): Map<NetworkName, DueTargets[]> {
  const groups = new Map<NetworkName, DueTargets[]>();
  for (const each of due) groups.set(each.network, [...(groups.get(each.network) ?? []), each]);
  return groups;
}

function add(counts: Map<string, number>, key: string, difference: number): void {
  const count = (counts.get(key) ?? 0) + difference;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
