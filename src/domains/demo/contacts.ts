import type { Brand } from './brand.ts';
import { createDeck, type Random } from './random.ts';

export interface Contact {
  readonly contactName: string;
  readonly contactHandle: string;
}

/** People who write to a brand. Nobody comes twice before everybody came. */
export function createContacts({ contacts: { given, family } }: Brand, random: Random): () => Contact {
  const names = given.flatMap((first) => family.map((last) => [first, last] as const));
  const nextName = createDeck(random, names);
  return () => {
    const [first, last] = nextName();
    return { contactName: `${first} ${last}`, contactHandle: handleOf(random, plain(first), plain(last)) };
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

/** Small letters without accents. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll('ı', 'i')
    .replace(/[^a-zA-Z]/g, '')
    .toLowerCase();
}
