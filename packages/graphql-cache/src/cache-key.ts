import { isEngineTag } from '@magpie/cache';
import { shortKeyOfParsed } from '@magpie/cache/entries';
import type { ScopePrefix } from './scope.ts';

/** The cache key of a field: scope, coordinate, identity of the parent, arguments. */
export function fieldKey(
  prefix: ScopePrefix,
  {
    coordinate,
    parent,
    args,
  }: { coordinate: string; parent: string | undefined; args: Readonly<Record<string, unknown>> },
): string {
  const short = shortKeyOfParsed(args);
  return `${prefix.key}${coordinate}${parent === undefined ? '' : JSON.stringify(parent)}${short === '{}' ? '' : short}`;
}

/** Adds the namespace to a tag, so that no namespace can invalidate another's. */
export function namespaced(namespace: string, tag: string): string {
  return `${namespace}/${tag}`;
}

/** Returns the namespace of a tag; undefined for an engine tag. */
export function namespaceOf(tag: string): string | undefined {
  const end = isEngineTag(tag) ? -1 : tag.indexOf('/');
  return end < 0 ? undefined : tag.slice(0, end);
}

/** Returns a tag of a namespace as the schema writes it; undefined for any other tag. */
export function bareTag(tag: string, namespace: string): string | undefined {
  const prefix = namespaced(namespace, '');
  return tag.startsWith(prefix) ? tag.slice(prefix.length) : undefined;
}
