import { isBlank } from '../text/folding.ts';
import { isCompact, lengthOf, maxUnitsPerCharacter } from '../text/graphemes.ts';
import { type AnyUserError, badInput, invalid, Refusal, textTooLong } from './errors.ts';

type Path = string | readonly string[];

/** Collects all problems of an input, so that a client gets them in one response. */
export class Problems {
  readonly #errors: AnyUserError[] = [];

  add(error: AnyUserError): void {
    this.#errors.push(error);
  }

  /** A name or title: trimmed, from 1 to `maxLength` characters. */
  title(path: Path, value: string, maxLength: number): string {
    return this.presentText(path, value.trim(), maxLength);
  }

  /** A text of at most `maxLength` characters, of which one is visible. It is not trimmed. */
  presentText(path: Path, value: string, maxLength: number): string {
    if (this.#fits(path, value, maxLength) && isBlank(value))
      this.add(invalid(path, `Expected 1–${maxLength} characters, but got none.`));
    return value;
  }

  /** A text of at most `maxLength` characters (extended grapheme clusters). */
  text(path: Path, value: string, maxLength: number): string {
    this.#fits(path, value, maxLength);
    return value;
  }

  /** The units are compared first, so that no work is done on a text that is far too long, however often a request uses it. */
  #fits(path: Path, value: string, maxLength: number): boolean {
    if (!isCompact(value, maxLength)) {
      const expected = `at most ${maxLength} characters of ${maxUnitsPerCharacter} UTF-16 units each on average`;
      this.add(invalid(path, `Expected ${expected}, but got ${value.length} units.`));
      return false;
    }
    const length = lengthOf(value);
    if (length > maxLength) this.add(textTooLong(path, { maxLength, length }));
    return length <= maxLength;
  }

  /** A number of things, which a `Float` can hold exactly: whole, from 0 to 2^53 − 1. */
  count(path: Path, value: number): number {
    if (!(Number.isSafeInteger(value) && value >= 0))
      this.add(invalid(path, `Expected a whole number, 0–${Number.MAX_SAFE_INTEGER}, but got ${value}.`));
    return value;
  }

  get firstMessage(): string | undefined {
    return this.#errors[0]?.message;
  }

  /** Throws a `Refusal` if there are problems. */
  settle(): void {
    if (this.#errors.length > 0) throw new Refusal(this.#errors);
  }
}

/** Checks the text of a query's argument. Throws BAD_USER_INPUT, as queries have no payload for user errors. */
export function checkArgument(name: string, value: string, maxLength: number): void {
  const problems = new Problems();
  problems.text(name, value, maxLength);
  const message = problems.firstMessage;
  if (message !== undefined) throw badInput(`${name}: ${message}`);
}
