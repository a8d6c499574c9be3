import { searchKey } from '../../text/folding.ts';
import type { Brand } from './brand.ts';
import { createDeck, type Random } from './random.ts';

export interface Contact {
  readonly contactName: string;
  readonly contactHandle: string;
}

/** Creates a source of contacts. A name is repeated only after all others, and handles are unique. */
export function createContacts({ contacts: { given, family } }: Brand, random: Random): () => Contact {
  const names = given.flatMap((first) => family.map((last) => [first, last] as const));
  const nextName = createDeck(random, names);
  const taken = new Set<string>();
  return () => {
    const [first, last] = nextName();
    let contactHandle: string;
    do contactHandle = handleOf(random, plain(first), plain(last));
    while (taken.has(contactHandle));
    taken.add(contactHandle);
    return { contactName: `${first} ${last}`, contactHandle };
  };
}

function handleOf(random: Random, first: string, last: string): string {
  return random.pick([
    `${first}.${last}`,
    `${first}${last}`,
    `${first}_${last.charAt(0)}${random.integer(10, 99)}`,
    `${last}.${first.charAt(0)}`,
    `its_${first}_${random.integer(2, 99)}`,
  ]);
}

/** Lower-case letters without accents. */
function plain(name: string): string {
  return searchKey(name).replace(/[^a-z]/g, '');
}
