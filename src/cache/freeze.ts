/**
 * Freezes a value and all that it holds, however large: everybody who is given it is given the same object. What JavaScript cannot
 * freeze (the bytes of a `Buffer`, the moment of a `Date`, the members of a `Map`) stays as it is.
 */
export function freezeDeeply(value: unknown): void {
  const seen = new Set<unknown>();
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null || seen.has(next) || ArrayBuffer.isView(next)) continue;
    seen.add(next);
    if (next instanceof Map || next instanceof Set) for (const pair of next.entries()) waiting.push(...pair);
    attempt(() => Object.freeze(next));
    for (const name of Reflect.ownKeys(next)) attempt(() => waiting.push((next as Record<PropertyKey, unknown>)[name]));
  }
}

/** What is no plain data may refuse: a getter throws, a proxy allows nothing. */
function attempt(step: () => unknown): void {
  try {
    step();
  } catch {}
}
