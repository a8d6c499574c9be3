/** The values that placeholders read. `parent`, `result` and `changes` are roots; any other name is an argument. */
export interface TagSources {
  readonly args: Readonly<Record<string, unknown>>;
  readonly parent?: unknown;
  readonly result?: unknown;
  readonly changes?: { get(name: string): readonly string[] };
}

interface Placeholder {
  readonly root: 'args' | 'parent' | 'result' | 'changes';
  readonly path: readonly string[];
  readonly fallback: string | undefined;
}

/** A tag with placeholders, as the schema writes it: `Post:{input.id}`, `AnalyticsReport:{filter.accountIds|all}`. */
export interface TagTemplate {
  readonly text: string;
  readonly parts: readonly (string | Placeholder)[];
  /** Whether a placeholder reads `result` or `changes`, which are known only after the field has resolved. */
  readonly readsResult: boolean;
}

/** Parses a template. Throws a `TypeError` if a placeholder is malformed. */
export function parseTagTemplate(text: string): TagTemplate {
  const parts = text
    .split(/(\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{') ? parsePlaceholder(part, text) : literal(part, text)));
  if (parts.length === 0) throw new TypeError('a tag: expected text, but got an empty string');
  const readsResult = parts.some(
    (part) => typeof part !== 'string' && (part.root === 'result' || part.root === 'changes'),
  );
  return { text, parts, readsResult };
}

/** Returns the tags of templates: one for each combination of placeholder values; none if a placeholder has no value. */
export function resolveTags(templates: readonly TagTemplate[], sources: TagSources): string[] {
  const tags: string[] = [];
  for (const { parts } of templates) {
    let texts = [''];
    for (const part of parts) texts = appendEach(texts, typeof part === 'string' ? part : valuesOf(part, sources));
    tags.push(...texts);
  }
  return tags;
}

/** Appends each ending to each text. */
function appendEach(texts: readonly string[], endings: string | readonly string[]): string[] {
  if (typeof endings === 'string') return texts.map((text) => text + endings);
  return texts.flatMap((text) => endings.map((ending) => text + ending));
}

/** Returns whether a tag can come from both templates. A placeholder matches any text without a colon, also the empty one. */
export function mayOverlap(one: TagTemplate, other: TagTemplate): boolean {
  const [a, b] = [one, other].map(({ parts }) =>
    parts.map((part) => (typeof part === 'string' ? part : '\0')).join(''),
  );
  return patternsOverlap(a!, b!);
}

function patternsOverlap(a: string, b: string): boolean {
  const anySegment = (text: string) => text.startsWith('\0');
  if (anySegment(a) || anySegment(b)) {
    const rest = (text: string) => text.slice(text.indexOf(':') === -1 ? text.length : text.indexOf(':'));
    return patternsOverlap(rest(a), rest(b));
  }
  if (a === '' || b === '') return a === b;
  return a[0] === b[0] && patternsOverlap(a.slice(1), b.slice(1));
}

function literal(part: string, text: string): string {
  if (/[{}\s]/.test(part)) throw new TypeError(`tag "${text}": expected text and {placeholders}, but got "${part}"`);
  return part;
}

function parsePlaceholder(part: string, text: string): Placeholder {
  const match = /^\{([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\|(\w+))?\}$/.exec(part);
  if (!match)
    throw new TypeError(
      `tag "${text}": expected a placeholder such as {input.id} or {filter.ids|all}, but got "${part}"`,
    );
  const path = match[1]!.split('.');
  const isRoot = path[0] === 'parent' || path[0] === 'result' || path[0] === 'changes';
  if (isRoot && path.length === 1)
    throw new TypeError(`tag "${text}": expected a field of ${path[0]}, but got "${part}"`);
  return {
    root: isRoot ? (path[0] as 'parent' | 'result' | 'changes') : 'args',
    path: isRoot ? path.slice(1) : path,
    fallback: match[2],
  };
}

function valuesOf({ root, path, fallback }: Placeholder, sources: TagSources): string | readonly string[] {
  if (root === 'changes') return sources.changes?.get(path[0]!) ?? [];
  const found = read(root === 'args' ? sources.args : sources[root], path);
  if (typeof found === 'string') return found;
  const values = (Array.isArray(found) ? found : [found]).filter((value) => value != null).map(String);
  return values.length === 0 && fallback !== undefined && found == null ? [fallback] : values;
}

function read(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => (at == null ? undefined : (at as Record<string, unknown>)[name]), value);
}
