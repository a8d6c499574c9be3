import { type DeclaredField, identityOfParent, nodesById, type Ports } from '@magpie/graphql-cache/parts';
import { getNamedType } from 'graphql';
import { resolveDateRange, today } from '../domains/date-range.ts';
import { typeOfId } from '../domains/ids.ts';
import type { Viewer } from '../domains/scope.ts';
import type { DateRangeInput } from '../generated/schema.ts';
import { accessOf, checkAccess, isRootType } from './access.ts';
import type { RequestContext } from './request.ts';

/** What the cache asks of the product, apart from `beginWrite`, which needs the log of invalidations. */
export const cachePorts: Ports<RequestContext> = {
  stateOf: ({ state }) => state,
  nodes: nodesById(typeOfId, (parent) => identityOfParent(parent) ?? (parent as Partial<Viewer> | null)?.userId),
  hasListEdges: true,
  accessTo(declared) {
    const { schema, type, field } = declared;
    const plan = accessOf(declared);
    if (!isRootType(schema, type)) return undefined;
    const required = { coordinate: `${type.name}.${field.name}`, access: plan };
    return ({ state }) => checkAccess(required, state);
  },
  argumentsOf: resolveRangesOf,
  periodOf: ({ state: { viewer }, now }) => (viewer ? today(viewer.timeZone, now) : undefined),
  confine: (context, sharing) => (sharing === 'PUBLIC' ? context.unscoped : context.shared),
  inBackground: (context) => context.background,
  isOfAnother(parent, { state: { viewer } }) {
    const { userId, workspaceId } = (parent ?? {}) as Partial<Viewer>;
    return userId !== undefined && (userId !== viewer?.userId || workspaceId !== viewer.workspaceId);
  },
};

/** Presets of date ranges are resolved to days before anything reads them. */
function resolveRangesOf({ field }: DeclaredField) {
  const ranges = field.args.filter((arg) => getNamedType(arg.type).name === 'DateRangeInput');
  if (ranges.length === 0) return undefined;
  return (args: Record<string, unknown>, context: RequestContext) => {
    const resolved = { ...args };
    for (const { name, defaultValue } of ranges)
      resolved[name] = resolveDateRange((args[name] ?? defaultValue) as DateRangeInput, context.viewer, context.now);
    return resolved;
  };
}
