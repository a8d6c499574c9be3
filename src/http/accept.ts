/** A media range of an `Accept` header, such as `text/*;q=0.5`. */
interface MediaRange {
  readonly type: string;
  /** From 0 (not acceptable) to 1. */
  readonly quality: number;
  /** Its position in the header. */
  readonly at: number;
}

/**
 * The offered media types that a client accepts, best first: RFC 9110, section 12.5.1. Types of equal quality are sorted by their
 * position in the header, then in the offer. Parameters of ranges, such as `deferSpec` of Apollo Client, are ignored, except for a
 * charset, as everything is UTF-8. Without the header, a client accepts everything.
 */
export function acceptedTypes<T extends string>(header: string | null | undefined, offered: readonly T[]): T[] {
  if (!header?.trim()) return [...offered];
  const ranges = rangesIn(header);
  return offered
    .map((type) => ({ type, range: rangeOf(type, ranges) }))
    .filter(({ range }) => range.quality > 0)
    .sort(({ range: one }, { range: other }) => other.quality - one.quality || one.at - other.at)
    .map(({ type }) => type);
}

/** Whether a request prefers HTML to the types of programs, as browsers do when they open a URL. */
export function isForBrowser({ headers }: Request): boolean {
  const offered = ['application/json', 'application/graphql-response+json', 'text/html'];
  return acceptedTypes(headers.get('accept'), offered)[0] === 'text/html';
}

function rangesIn(header: string): MediaRange[] {
  return header.split(',').flatMap((text, at) => {
    const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
    const named = (name: string) => parameters.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
    const charset = named('charset')?.replaceAll('"', '') ?? 'utf-8';
    const quality = Number(named('q') ?? 1);
    return charset === 'utf-8' && quality >= 0 && quality <= 1 ? [{ type, quality, at }] : [];
  });
}

const nowhere: MediaRange = { type: '', quality: 0, at: 0 };

/** The most specific range that matches a type. */
function rangeOf(type: string, ranges: readonly MediaRange[]): MediaRange {
  const find = (wanted: string) => ranges.find((range) => range.type === wanted);
  return find(type) ?? find(`${type.split('/', 1)[0]}/*`) ?? find('*/*') ?? nowhere;
}
