import { shown } from '../text/shown.ts';
import { invalid } from './errors.ts';
import type { Problems } from './problems.ts';

const maxTagLength = 35; // RFC 5646 asks to support at least this

/** A BCP 47 tag in its canonical form: `de-AT` for `DE-at`. Adds a problem for any other text. */
export function canonicalLocale(tag: string, problems: Problems): string {
  try {
    const [canonical] = tag.length <= maxTagLength ? Intl.getCanonicalLocales(tag) : [];
    if (canonical !== undefined) return canonical;
  } catch {
    // Not a language tag: reported below.
  }
  problems.add(invalid('locale', `Expected a BCP 47 language tag such as de-AT, but got ${shown(tag)}.`));
  return tag;
}
