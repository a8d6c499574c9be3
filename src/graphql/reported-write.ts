import type { MutationTags, Write } from '@magpie/graphql-cache/parts';
import { Changes } from '../domains/changes.ts';
import type { ClusterLog } from './cluster-log.ts';
import { MutationInvalidations } from './mutation-invalidations.ts';
import { reachTags } from './reach.ts';
import type { RequestContext } from './request.ts';

/**
 * One running mutation, which reports what it changed. It wrote nothing if every transaction is known to have rolled back, or if it
 * was refused before the first one.
 */
export class ReportedWrite implements Write<RequestContext> {
  readonly changes: Changes;
  readonly context: RequestContext;
  readonly #invalidations: MutationInvalidations;

  constructor(context: RequestContext, { cause, tagsOf }: MutationTags, log: ClusterLog) {
    this.#invalidations = new MutationInvalidations(log, (result) => {
      const [workspaceId] = this.namespaces;
      if (workspaceId === undefined) return undefined;
      return { workspaceId, tags: [...new Set([...tagsOf(result), ...reachTags(this.changes.reached)])], cause };
    });
    this.changes = new Changes(this.#invalidations);
    this.context = context.withChanges(this.changes);
  }

  get namespaces(): readonly string[] {
    const workspaceId = this.changes.workspaceId ?? this.context.state.viewer?.workspaceId;
    return workspaceId === undefined ? [] : [workspaceId];
  }

  wroteNothing(result: unknown, hasFailed: boolean): boolean {
    const { outcome } = this.changes;
    if (outcome === 'rolledBack' || hasFailed) return outcome === 'rolledBack';
    const { userErrors } = (result ?? {}) as { userErrors?: readonly unknown[] };
    return outcome === 'none' && (userErrors?.length ?? 0) > 0;
  }

  /**
   * A mutation of unknown outcome is not acknowledged, so nobody needs to wait for the others; the database may be away for long.
   */
  async invalidate(result: unknown): Promise<void> {
    const published = this.#invalidations.publish(this.context.queries, result);
    if (this.changes.outcome === 'unknown') published.catch(() => {});
    else await published;
  }

  /** The loaders hold rows from before the write. */
  end(): void {
    this.context.state.refreshLoaders();
  }
}
