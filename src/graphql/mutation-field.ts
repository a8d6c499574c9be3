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
 * Wraps the resolver of a mutation: it invalidates what the mutation changed, after the commit and before the payload resolves. It
 * invalidates also after an error and for an unknown transaction outcome. It does not if every transaction is known to have rolled back,
 * or if the payload is a refusal before the first transaction.
 */
export function mutationField(invalidate: Invalidate, plan: FieldPlan, resolve: Resolver): Resolver {
  const cause = plan.coordinate.slice('Mutation.'.length);
  return async (source, args, context, info) => {
    const changes = new Changes();
    const mutationContext = context.withChanges(changes);
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
      const result = await resolve(source, args, mutationContext, info);
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

/** Whether every transaction rolled back, or the mutation was refused before the first one. */
function wroteNothing({ outcome }: Changes, result: unknown): boolean {
  const { userErrors } = (result ?? {}) as { userErrors?: readonly unknown[] };
  return outcome === 'rolledBack' || (outcome === 'none' && (userErrors?.length ?? 0) > 0);
}
