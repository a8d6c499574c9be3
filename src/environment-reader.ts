import leven, { closestMatch } from 'leven';

/** What is wrong with the environment, one line a problem. */
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

/** Reads variables by kind, and gathers what is wrong with them, so that everything is told at once. */
export class EnvironmentReader {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #known = new Set<string>();
  readonly #problems: string[] = [];

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  text(name: string, byDefault: string, check?: Check): string {
    const given = this.#given(name);
    if (given === undefined) return byDefault;
    if (check && !check.accepts(given)) this.#refuse(name, check.expected, given);
    return given;
  }

  /** Never shown, whatever is wrong. */
  secret(name: string): string | undefined {
    return this.#given(name);
  }

  /** Both limits included. `why` explains a limit that surprises. */
  integer(name: string, byDefault: number, { min = 1, max = Number.MAX_SAFE_INTEGER, why = '' } = {}): number {
    const given = this.#given(name);
    if (given === undefined) return byDefault;
    const value = /^-?\d+$/.test(given) ? Number(given) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    this.#refuse(name, `a whole number ${range}${why}`, given);
    return byDefault;
  }

  choice<const T extends string>(name: string, choices: readonly T[], byDefault: T): T {
    const given = this.#given(name);
    const chosen = choices.find((choice) => choice === given);
    if (given !== undefined && chosen === undefined) this.#refuse(name, `one of ${choices.join(', ')}`, given);
    return chosen ?? byDefault;
  }

  /** Shown without what may be secret in it. */
  url(name: string, protocols: readonly string[]): string | undefined {
    const given = this.#given(name);
    if (given === undefined) return undefined;
    const url = URL.canParse(given) ? new URL(given) : undefined;
    const expected = `an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
    if (!url) this.#problems.push(`${name}: expected ${expected}, but got something else`);
    else if (!protocols.includes(url.protocol)) this.#refuse(name, expected, `${url.protocol}//…`);
    return given;
  }

  /** Separated by commas. `off` stands for no items. */
  list(name: string, check: Check, byDefault: readonly string[] = []): readonly string[] {
    const given = this.#given(name);
    if (given === undefined) return byDefault;
    if (given === 'off') return [];
    const items = given.split(',').map((item) => item.trim());
    return items.filter((item) => {
      if (item !== '' && !check.accepts(item)) this.#refuse(name, check.expected, item);
      return item !== '';
    });
  }

  /** Where `name` is set, the others must be too. */
  together(name: string, others: readonly string[]): void {
    if (this.#given(name) === undefined) return;
    for (const other of others)
      if (this.#given(other) === undefined)
        this.#problems.push(`${other}: expected it beside ${name}, but it is not set`);
  }

  refuse(name: string, expected: string): void {
    if (this.#given(name) !== undefined) this.#problems.push(`${name}: expected ${expected}, but it is set`);
  }

  /**
   * Refuses variables that were never asked for and look as if they should have been: those that begin with one of the
   * prefixes, and those that differ from a known name by a slip. Nobody would notice the slip otherwise.
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

  #given(name: string): string | undefined {
    this.#known.add(name);
    const text = this.#environment[name]?.trim();
    return text === '' ? undefined : text;
  }

  #refuse(name: string, expected: string, got: string): void {
    this.#problems.push(`${name}: expected ${expected}, but got ${JSON.stringify(got.slice(0, 200))}`);
  }
}

/** Of the known names, the one that goes on where `name` ends, or else the one with the fewest letters changed. */
function nearest(name: string, known: readonly string[]): string | undefined {
  return known.find((other) => other.startsWith(name)) ?? closestMatch(name, known);
}

/** Kubernetes sets these for each service of a namespace: a service named `cache` is not a slip for ours. */
const setByKubernetes = /_(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)$/;

/**
 * Whether somebody who wrote `name` probably meant `known`. Variables of other programs must not stop ours, so short names have
 * to be close, and the first letter right: `XAI_API_KEY` is not ours.
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
