const maxDepth = 2;
const maxItems = 10;

/** Shows a value as the messages of graphql-js do, whose function of this name is not public. */
export function inspect(value: unknown, above: readonly unknown[] = []): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return value.name ? `[function ${value.name}]` : '[function]';
  if (typeof value !== 'object' || value === null) return String(value);
  if (above.includes(value)) return '[Circular]';
  const path = [...above, value];
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const json: unknown = value.toJSON();
    if (json !== value) return typeof json === 'string' ? json : inspect(json, path);
  } else if (Array.isArray(value)) return inspectList(value, path);
  const members = Object.entries(value);
  if (members.length === 0) return '{}';
  if (path.length > maxDepth) return `[${className(value)}]`;
  return `{ ${members.map(([name, member]) => `${name}: ${inspect(member, path)}`).join(', ')} }`;
}

function inspectList(list: readonly unknown[], path: readonly unknown[]): string {
  if (list.length === 0) return '[]';
  if (path.length > maxDepth) return '[Array]';
  const items = list.slice(0, maxItems).map((item) => inspect(item, path));
  const rest = list.length - items.length;
  if (rest > 0) items.push(rest === 1 ? '... 1 more item' : `... ${rest} more items`);
  return `[${items.join(', ')}]`;
}

function className(value: object): string {
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  const name: unknown = tag === 'Object' ? value.constructor?.name : undefined;
  return typeof name === 'string' && name !== '' ? name : tag;
}
