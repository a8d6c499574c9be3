/**
 * Freezes a value and everything reachable from it, of any size, because all readers share the same object. Parts that JavaScript
 * cannot freeze stay mutable: the bytes of a `Buffer`, the time of a `Date`, the members of a `Map`.
 */
export function freezeDeeply(value: unknown): void {
  const visited = new Set<unknown>();
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null || visited.has(next) || ArrayBuffer.isView(next)) continue;
    visited.add(next);
    if (next instanceof Map || next instanceof Set) for (const pair of next.entries()) pending.push(...pair);
    attempt(() => Object.freeze(next));
    for (const name of Reflect.ownKeys(next)) attempt(() => pending.push((next as Record<PropertyKey, unknown>)[name]));
  }
}

/** Ignores errors: a getter may throw, and a proxy may forbid the operation. */
function attempt(step: () => unknown): void {
  try {
    step();
  } catch {}
}
