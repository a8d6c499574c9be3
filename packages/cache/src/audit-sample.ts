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

  /** Counts a hit. If it is chosen, the next read of the entry starts the audit, since it has the load. */
  count(entry: Entry): void {
    if (--this.#hitsLeft > 0) return;
    this.#hitsLeft = this.#audit.gap(this.#isAudited);
    if (!entry.isKept || !this.#audit.mayStart) return;
    entry.isAuditDue = true;
    entry.refreshAt = 0;
  }
}
