import leven, { closestMatch } from 'leven';

/** An error that lists the problems of the environment, one line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

interface Check {
  /** Completes "expected …". */
  expected: string;
  accepts(text: string): boolean;
}

/** Reads variables by type and collects their problems, so that all are reported at once. */
export class EnvironmentReader {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #known = new Set<string>();
  readonly #problems: string[] = [];

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  text(name: string, byDefault: string, check?: Check): string {
    const text = this.#textOf(name);
    if (text === undefined) return byDefault;
    if (check && !check.accepts(text)) this.#refuse(name, check.expected, text);
    return text;
  }

  /** Reads a value that no error message may show. */
  secret(name: string): string | undefined {
    return this.#textOf(name);
  }

  /** Reads a whole number within inclusive limits. `why` explains a surprising limit. */
  integer(name: string, byDefault: number, { min = 1, max = Number.MAX_SAFE_INTEGER, why = '' } = {}): number {
    const text = this.#textOf(name);
    if (text === undefined) return byDefault;
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    this.#refuse(name, `a whole number ${range}${why}`, text);
    return byDefault;
  }

  choice<const T extends string>(name: string, choices: readonly T[], byDefault: T): T {
    const text = this.#textOf(name);
    const chosen = choices.find((choice) => choice === text);
    if (text !== undefined && chosen === undefined) this.#refuse(name, `one of ${choices.join(', ')}`, text);
    return chosen ?? byDefault;
  }

  /** Reads a URL. Error messages do not show its parts that may be secret. */
  url(name: string, protocols: readonly string[]): string | undefined {
    const text = this.#textOf(name);
    if (text === undefined) return undefined;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const expected = `an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
    if (!url) this.#problems.push(`${name}: expected ${expected}, but got something else`);
    else if (!protocols.includes(url.protocol)) this.#refuse(name, expected, `${url.protocol}//…`);
    return text;
  }

  /** Reads a value that no error message may show, by a function that returns undefined for one that makes no sense. */
  parsed<T>(name: string, expected: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.#textOf(name);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) this.#problems.push(`${name}: expected ${expected}, but got something else`);
    return value;
  }

  /** Reads items that are separated by commas. `off` means no items. */
  list(name: string, check: Check, byDefault: readonly string[] = []): readonly string[] {
    const text = this.#textOf(name);
    if (text === undefined) return byDefault;
    if (text === 'off') return [];
    const items = text.split(',').map((item) => item.trim());
    return items.filter((item) => {
      if (item !== '' && !check.accepts(item)) this.#refuse(name, check.expected, item);
      return item !== '';
    });
  }

  /** Requires `others` to be set if `name` is set. */
  together(name: string, others: readonly string[]): void {
    if (this.#textOf(name) === undefined) return;
    for (const other of others)
      if (this.#textOf(other) === undefined)
        this.#problems.push(`${other}: expected a value together with ${name}, but it is not set`);
  }

  refuse(name: string, expected: string): void {
    if (this.#textOf(name) !== undefined) this.#problems.push(`${name}: expected ${expected}, but it is set`);
  }

  /**
   * Refuses unknown variables that are probably misspelt, which nobody would notice otherwise: those that begin with one of the
   * prefixes, and those that differ from a known name by a typing error.
   */
  refuseOthers(prefixes: readonly string[]): void {
    const known = [...this.#known];
    for (const name of Object.keys(this.#environment)) {
      if (this.#known.has(name) || setByKubernetes.test(name)) continue;
      const prefix = prefixes.find((one) => name.startsWith(one));
      const meant =
        prefix === undefined
          ? known.find((other) => isSlip(name, other))
          : nearest(
              name,
              known.filter((other) => other.startsWith(prefix)),
            );
      if (meant !== undefined)
        this.#problems.push(`${name}: expected a name such as ${meant}, but there is no such variable`);
    }
  }

  /** Throws if there was any problem. */
  settle(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }

  #textOf(name: string): string | undefined {
    this.#known.add(name);
    const text = this.#environment[name]?.trim();
    return text === '' ? undefined : text;
  }

  #refuse(name: string, expected: string, got: string): void {
    this.#problems.push(`${name}: expected ${expected}, but got ${JSON.stringify(got.slice(0, 200))}`);
  }
}

/** The known name that begins with `name`, or else the one with the smallest edit distance. */
function nearest(name: string, known: readonly string[]): string | undefined {
  return known.find((other) => other.startsWith(name)) ?? closestMatch(name, known);
}

/** Variables that Kubernetes sets for each service of a namespace: those of a service named `cache` are not typing errors. */
const setByKubernetes = /_(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)$/;

/**
 * Whether `name` is probably a typing error of `known`. Variables of other programs must not prevent a start, so short names must
 * be close, and the first letter must be equal: `XAI_API_KEY` belongs to another program.
 */
function isSlip(name: string, known: string): boolean {
  if (name[0] !== known[0]) return false;
  const isAnagram = sorted(name) === sorted(known);
  const maxDistance = isAnagram || known.length >= 12 ? 2 : known.length >= 5 ? 1 : 0;
  return leven(name, known, { maxDistance: maxDistance + 1 }) <= maxDistance;
}

function sorted(text: string): string {
  return [...text].sort().join('');
}
