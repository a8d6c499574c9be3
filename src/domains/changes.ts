/** Represents all accounts: everybody sees changes that concern no account. */
export const everyAccount = 'all';

/**
 * What a mutation changed, as it was before and as it is after. Domains report it, under names that `@invalidates` can
 * read as `{changes.Name}`: a node's type with its id (`Post`, `Campaign`), or a facet (`CalendarMonth` with `2026-11`).
 */
export class Changes {
  readonly #values = new Map<string, Set<string>>();
  readonly #reached = new Map<string, Set<string>>();
  /** The changed workspace, if it is not the viewer's: a sign-in begins without a viewer. */
  workspaceId: string | undefined;
  /** How the mutation's transactions ended so far: `none` before the first, `unknown` when a commit got no reply. */
  outcome: 'none' | 'rolledBack' | 'committed' | 'unknown' = 'none';

  /** Reports values that changed; null and undefined are left out, so that optional references need no check. */
  add(name: string, ...values: (string | null | undefined)[]): void {
    let set = this.#values.get(name);
    if (!set) {
      set = new Set();
      this.#values.set(name, set);
    }
    for (const value of values) if (value != null) set.add(value);
  }

  /**
   * Reports on which accounts nodes hang, or hung before; without ids, on which accounts what changed hangs. Whoever is confined
   * hears of what follows accounts only if it hangs on one of theirs. Null is an account that is disconnected.
   */
  reach(accountIds: readonly (string | null)[], ...ids: (string | null | undefined)[]): void {
    for (const id of ids.length === 0 ? [''] : ids) {
      if (id == null) continue;
      let reached = this.#reached.get(id);
      if (!reached) {
        reached = new Set();
        this.#reached.set(id, reached);
      }
      for (const accountId of accountIds) if (accountId !== null) reached.add(accountId);
    }
  }

  /** The accounts by ids of nodes; by an empty string those of what has no id. */
  get reached(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#reached;
  }

  get(name: string): readonly string[] {
    return [...(this.#values.get(name) ?? [])];
  }

  /** Records how a transaction ended. A later rollback does not replace an earlier commit, nor a later commit an unknown outcome. */
  settle(outcome: 'rolledBack' | 'committed' | 'unknown'): void {
    const rank = { none: 0, rolledBack: 1, committed: 2, unknown: 3 };
    if (rank[outcome] > rank[this.outcome]) this.outcome = outcome;
  }
}
