import { namespaceTag } from '@magpie/cache/entries';
import { namespaced } from './cache-key.ts';
import type { ExecutionState } from './execution-state.ts';
import type { FieldPlan } from './field-plan.ts';
import type { Ports, Resolver, Write } from './ports.ts';
import { reportable } from './reportable.ts';
import { publicNamespace } from './scope.ts';
import { resolveTags, type TagSources, type TagTemplate } from './tag-template.ts';

/** Invalidates tags with their namespaces, or engine tags. */
export type Invalidate = (tags: readonly string[], cause: string) => void | Promise<void>;

/**
 * Wraps the resolver of a mutation: it invalidates what the mutation changed, after the commit and before the payload resolves. It
 * invalidates also after an error and for an unknown transaction outcome, unless it is known that nothing was written. Where
 * neither its result nor its `Write` says what it changed, it invalidates all of its namespaces.
 */
export function mutationField(
  plan: FieldPlan,
  resolve: Resolver,
  { invalidate, ports }: { invalidate?: Invalidate; ports: Ports },
): Resolver {
  const cause = plan.coordinate.slice(plan.coordinate.indexOf('.') + 1);
  const templates = plan.invalidates ?? [];
  return async (source, args, context, info) => {
    const tagsOf = (result?: unknown) => resolveTags(templates, { args, result, changes: write.changes });
    const write: Write<unknown> =
      ports.beginWrite?.(context, { cause, tagsOf }) ?? plainWrite(context, ports.stateOf(context, info));
    const settle = async (ended: { result?: unknown }) => {
      if (!plan.invalidates || write.namespaces.length === 0) return;
      if (write.invalidate) return await write.invalidate(ended.result);
      const sources = { args, changes: write.changes, ...ended };
      if (!isReported(write) && templates.some((tag) => isUnknown(tag, sources)))
        return await invalidate?.(write.namespaces.map(namespaceTag), cause);
      const tags = [...resolveTags(templates, sources), ...(write.tags ?? [])];
      await invalidate?.(
        write.namespaces.flatMap((namespace) => tags.map((tag) => namespaced(namespace, tag))),
        cause,
      );
    };
    const run = async () => {
      const result = await resolve(source, args, write.context, info);
      if (result instanceof Error) throw result;
      return result;
    };
    try {
      const result = await run().catch(async (error) => {
        if (!write.wroteNothing(undefined, true)) await settle({});
        throw error;
      });
      if (!write.wroteNothing(result, false)) await settle({ result });
      return result;
    } catch (error) {
      throw reportable(error);
    } finally {
      write.end?.();
    }
  };
}

/** Whether a mutation reports what it changed, whatever its result. */
function isReported({ changes, tags }: Write<unknown>): boolean {
  return changes !== undefined || tags !== undefined;
}

/**
 * Whether a tag has a placeholder `{result.…}` that the result cannot fill: the mutation failed, or the result lacks what it reads.
 * A result of null says that nothing was changed.
 */
function isUnknown(tag: TagTemplate, sources: TagSources): boolean {
  if (!tag.readsResult) return false;
  if (!('result' in sources)) return true;
  return sources.result != null && resolveTags([tag], sources).length === 0;
}

/** A mutation of which nothing is known but its request. */
function plainWrite<Context>(context: Context, { sharing }: ExecutionState): Write<Context> {
  const own = sharing.WORKSPACE?.namespace;
  return {
    context,
    namespaces: own === undefined ? [publicNamespace] : [own, publicNamespace],
    wroteNothing: () => false,
  };
}
