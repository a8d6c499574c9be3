/**
 * One text for each value of plain data, whatever the order of its members: equal values, and only they, have equal texts.
 * Members that are `undefined` are as absent, as in JSON.
 */
export function canonicalKey(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalKey(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalKey(member)}`);
    return `{${members.join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value); // JSON has null for these
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`Expected plain data as a part of a cache key but got a ${typeof value}`);
  }
  return JSON.stringify(value) ?? 'undefined';
}
