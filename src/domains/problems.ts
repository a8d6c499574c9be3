import { isBlank } from '../text/folding.ts';
import { isCompact, lengthOf } from '../text/graphemes.ts';
import { type AnyUserError, badInput, invalid, Refusal, textTooLong } from './errors.ts';

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
    this.#present(path, title, maxLength);
    return title;
  }

  /** A text of at least one character that can be seen, and at most `maxLength`; spaces around it are part of it. */
  presentText(path: Path, value: string, maxLength: number): string {
    this.#present(path, value, maxLength);
    return this.text(path, value, maxLength);
  }

  #present(path: Path, value: string, maxLength: number): void {
    if (isBlank(value)) this.add(invalid(path, `Expected 1–${maxLength} characters, but got none.`));
  }

  /** A text of at most `maxLength` characters that people see. */
  text(path: Path, value: string, maxLength: number): string {
    const length = lengthOf(value);
    if (length > maxLength) this.add(textTooLong(path, { maxLength, length }));
    else if (!isCompact(value, maxLength)) this.add(invalid(path, accumulated));
    return value;
  }

  get firstMessage(): string | undefined {
    return this.#errors[0]?.message;
  }

  /** Throws what was gathered, if anything. */
  settle(): void {
    if (this.#errors.length > 0) throw new Refusal(this.#errors);
  }
}

const accumulated = 'Expected characters with a few marks each, but got some with hundreds.';

/** The same of a query's argument: throws what is wrong with it, as queries have no payload to carry it. */
export function checkArgument(name: string, value: string, maxLength: number): void {
  const problems = new Problems();
  problems.text(name, value, maxLength);
  const message = problems.firstMessage;
  if (message !== undefined) throw badInput(`${name}: ${message}`);
}
