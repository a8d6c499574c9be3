import { createHash } from 'node:crypto';
import { types } from 'node:util';
import { KeyError } from './errors.ts';

const maxDepth = 64;
const maxCharacters = 2 ** 20;

/** In characters; `shortKey` hashes longer texts. */
const maxShortLength = 256;

/**
 * Returns the canonical text of a value of plain data: equal values, and only they, have equal texts; the order of properties does
 * not matter. Plain data is JSON, dates, `bigint`, `undefined`, `NaN`, infinities and `-0`. A property that is `undefined` counts
 * as absent, as in JSON. Throws a `KeyError` for all else, because a text could not represent it completely: class instances,
 * `Map`s, functions, circular values, getters and proxies (which may return another value next time), and for a text of more than
 * 1 Mi characters.
 */
export function canonicalKey(value: unknown): string {
  return new CanonicalWriter({ isParsed: false }).text(value, 0);
}

/** Returns the canonical key, or its SHA-256 hash (43 characters) if it is longer than 256 characters. */
export function shortKey(value: unknown): string {
  return shortened(canonicalKey(value));
}

/**
 * As `shortKey`, for a parser's output, which has no getters or proxies. Skips those checks, because each field lookup needs a key.
 */
export function shortKeyOfParsed(value: unknown): string {
  return shortened(new CanonicalWriter({ isParsed: true }).text(value, 0));
}

function shortened(text: string): string {
  return text.length <= maxShortLength ? text : createHash('sha256').update(text).digest('base64url');
}

class CanonicalWriter {
  readonly #isParsed: boolean;
  #characters = 0;

  constructor({ isParsed }: { isParsed: boolean }) {
    this.#isParsed = isParsed;
  }

  text(value: unknown, depth: number): string {
    switch (typeof value) {
      case 'string':
        return this.#counted(JSON.stringify(value));
      case 'number':
        return this.#counted(Object.is(value, -0) ? '-0' : String(value));
      case 'bigint':
        return this.#counted(`${value}n`);
      case 'object':
        return value === null ? this.#counted('null') : this.#object(value, depth);
      case 'boolean':
      case 'undefined':
        return this.#counted(String(value));
      default:
        return refuse(`a ${typeof value}`);
    }
  }

  #object(value: object, depth: number): string {
    if (depth === maxDepth) refuse(`more than ${maxDepth} levels, or a value that refers to itself`);
    this.#counted('{}');
    const prototype: unknown = Object.getPrototypeOf(value);
    if (!this.#isParsed) checkDisguise(value, prototype);
    if (prototype === Object.prototype || prototype === null) return this.#members(value, depth);
    if (prototype === Array.prototype) return this.#items(value as unknown[], depth);
    if (prototype === Date.prototype && types.isDate(value) && Reflect.ownKeys(value).length === 0)
      return this.#counted(`Date(${(value as Date).getTime()})`);
    return refuse(`an instance of ${nameOf(prototype)}`);
  }

  #members(value: object, depth: number): string {
    const names = Object.keys(value);
    if (Reflect.ownKeys(value).length > names.length) refuse('an object with hidden or symbolic members');
    let text = '';
    for (const name of names.sort()) {
      const member = (value as Record<string, unknown>)[name];
      if (member === undefined) continue;
      text += `${text === '' ? '' : ','}${this.#counted(JSON.stringify(name))}:${this.text(member, depth + 1)}`;
    }
    return `{${text}}`;
  }

  #items(value: readonly unknown[], depth: number): string {
    if (Reflect.ownKeys(value).length > value.length + 1) refuse('a list with named members');
    let text = '';
    for (let index = 0; index < value.length; index++) {
      if (!(index in value)) refuse('a list with holes');
      text += `${index === 0 ? '' : ','}${this.text(value[index], depth + 1)}`;
    }
    return `[${text}]`;
  }

  #counted(text: string): string {
    this.#characters += text.length;
    if (this.#characters > maxCharacters) refuse(`a text of more than ${maxCharacters} characters`);
    return text;
  }
}

/** Refuses values that look like plain data but may differ at the next read, or have hidden content. */
function checkDisguise(value: object, prototype: unknown): void {
  if (types.isProxy(value)) refuse('a proxy');
  if (prototype !== Map.prototype && types.isMap(value)) refuse('a Map of another prototype');
  if (prototype !== Set.prototype && types.isSet(value)) refuse('a Set of another prototype');
  for (const name of Object.keys(value)) {
    const { get, set } = Object.getOwnPropertyDescriptor(value, name)!;
    if (get ?? set) refuse(`a getter or setter, "${name}"`);
  }
}

function nameOf(prototype: unknown): string {
  const { constructor: type } = prototype as { constructor?: unknown };
  return typeof type === 'function' && type.name !== '' ? type.name : 'an unnamed class';
}

function refuse(got: string): never {
  throw new KeyError(`Expected plain data as a part of a cache key but got ${got}`);
}
