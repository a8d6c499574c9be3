import { badInput } from './errors.ts';

const maxSearchLength = 500;

/** The `ilike` pattern of a search: the text anywhere, with nothing in it that stands for something else. */
export function containing(search: string): string {
  if (search.includes('\0')) throw badInput('search: expected a text, but got one with a NUL character.');
  if (search.length > maxSearchLength)
    throw badInput(`search: expected at most ${maxSearchLength} characters, but got ${search.length}.`);
  return `%${search.replace(/[\\%_]/g, '\\$&')}%`;
}
