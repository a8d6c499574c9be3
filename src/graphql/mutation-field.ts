import type { GraphQLFieldResolver } from 'graphql';
import { Changes } from '../domains/changes.ts';
import { namespaced } from './cache-key.ts';
import type { FieldPlan } from './field-plan.ts';
import { reachTags } from './reach.ts';
import { reportable } from './reportable.ts';
import type { RequestContext } from './request.ts';
import { resolveTags, type TagSources } from './tag-template.ts';

type Resolver = GraphQLFieldResolver<unknown, RequestContext, Record<string, unknown>>;
export type Invalidate = (tags: readonly string[], cause: string) => void | Promise<void>;

/**
 * Runs a mutation, then makes untrue what it changed: after its commit, before its payload resolves. A mutation that failed
 * half way, or of which nobody knows whether it committed, invalidates too; only a proven rollback, or a refusal before
 * anything ran, leaves the cache as it is.
 */
export function mutationField(invalidate: Invalidate, plan: FieldPlan, resolve: Resolver): Resolver {
  const cause = plan.coordinate.slice('Mutation.'.length);
  return async (source, args, context, info) => {
    const changes = new Changes();
    const own = context.withChanges(changes);
    const settle = async (sources: TagSources) => {
      const workspaceId = changes.workspaceId ?? context.state.viewer?.workspaceId;
      if (plan.invalidates && workspaceId !== undefined) {
        const tags = [...resolveTags(plan.invalidates, sources), ...reachTags(changes.reached)];
        await invalidate(
          tags.map((tag) => namespaced(workspaceId, tag)),
          cause,
        );
      }
    };
    try {
      const result = await resolve(source, args, own, info);
      if (!wroteNothing(changes, result)) await settle({ args, result, changes });
      return result;
    } catch (error) {
      if (changes.outcome !== 'rolledBack') await settle({ args, changes });
      throw reportable(error);
    } finally {
      context.state.refreshLoaders();
    }
  };
}

/** Nothing was written: every transaction rolled back, or it was refused before there was any. */
function wroteNothing({ outcome }: Changes, result: unknown): boolean {
  const { userErrors } = (result ?? {}) as { userErrors?: readonly unknown[] };
  return outcome === 'rolledBack' || (outcome === 'none' && (userErrors?.length ?? 0) > 0);
}
