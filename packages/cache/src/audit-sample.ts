import type { Audit, AuditResults } from './audit.ts';
import type { Entry } from './entry.ts';

/** Chooses the hits of one category that are audited, and has the results. */
export class AuditSample {
  readonly results: AuditResults = { checked: 0, differed: 0, examples: [] };
  readonly #audit: Audit;
  readonly #isAudited: boolean;
  #hitsLeft: number;

  constructor(audit: Audit, isAudited: boolean) {
    this.#audit = audit;
    this.#isAudited = isAudited;
    this.#hitsLeft = audit.gap(isAudited);
  }

  /**
   * Counts a load or hit of an entry. If it is chosen, the next read of the entry is audited, since it has the load. So every hit is
   * as likely to be audited, the first of an entry too; otherwise short lifetimes would seem better than they are.
   */
  count(entry: Entry): void {
    if (--this.#hitsLeft > 0) return;
    this.#hitsLeft = this.#audit.gap(this.#isAudited);
    if (!entry.isKept || !this.#audit.mayStart) return;
    entry.isAuditDue = true;
    entry.refreshAt = 0;
  }
}
