import { type AnyUserError, invalid, Refusal, textTooLong } from './errors.ts';

type Path = string | readonly string[];

/** Gathers everything that is wrong with an input, so that a caller reads all of it at once. */
export class Problems {
  readonly #errors: AnyUserError[] = [];

  add(error: AnyUserError): void {
    this.#errors.push(error);
  }

  /** A name or title: trimmed, from 1 to `maxLength` characters. */
  title(path: Path, value: string, maxLength: number): string {
    const title = this.text(path, value.trim(), maxLength);
    if (title === '') this.add(invalid(path, `Expected 1–${maxLength} characters, but got none.`));
    return title;
  }

  /** A text of at most `maxLength` characters (Unicode code points). */
  text(path: Path, value: string, maxLength: number): string {
    if (value.includes('\0')) this.add(invalid(path, 'Expected a text, but got one with a NUL character.'));
    const length = lengthOf(value);
    if (length > maxLength) this.add(textTooLong(path, { maxLength, length }));
    return value;
  }

  /** Throws what was gathered, if anything. */
  settle(): void {
    if (this.#errors.length > 0) throw new Refusal(this.#errors);
  }
}

/** Characters as people count them on networks: Unicode code points. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
