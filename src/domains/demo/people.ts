import type { Insertable } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import type { Brand, TeamMember } from './brand.ts';
import { createDeck, type Random } from './random.ts';
import { dayMs, iso, type Size, seededId } from './stage.ts';

type UserRow = Insertable<Tables['users']>;

/** A hash of "magpie-demo" by `hashPassword`. A constant, so that a start does not spend the time. */
const demoPasswordHash = 'scrypt$N=32768,r=8,p=1$Hs_HBmjlPjxuExcnz7Dvag$UqCxJ9QhX0cTWuEz90My70BpeMYkEghxiOK6BgWup00';

export interface People {
  /** The user with a member's address. A person in two teams is one user. */
  userOf(member: TeamMember): UserRow;
  readonly rows: readonly UserRow[];
}

export function createPeople(random: Random, nowMs: number): People {
  const users = new Map<string, UserRow>();
  return {
    userOf({ name, email }) {
      const known = users.get(email);
      if (known) return known;
      const createdMs = nowMs - (430 + users.size) * dayMs;
      const user = {
        ...{ id: seededId(random, 'User', createdMs), name, email },
        ...{ passwordHash: demoPasswordHash, createdAt: iso(createdMs) },
      };
      users.set(email, user);
      return user;
    },
    get rows() {
      return [...users.values()];
    },
  };
}

const rolesByFrequency = ['CONTRIBUTOR', 'EDITOR', 'CONTRIBUTOR', 'READER', 'EDITOR', 'CONTRIBUTOR', 'ADMIN'] as const;

/** The teams of the brands, with further members up to the number of users: the team at rank r gets a share of 1/√r. */
export function teamsOf(brands: readonly Brand[], size: Size, random: Random): TeamMember[][] {
  const own = new Set(brands.flatMap(({ team }) => team.map(({ email }) => email)));
  const missing = Math.max(0, size.users - own.size);
  const whole = brands.reduce((sum, _, rank) => sum + 1 / Math.sqrt(rank + 1), 0);
  let before = 0;
  return brands.map((brand, rank) => {
    const share = (before + 1 / Math.sqrt(rank + 1)) / whole;
    const first = Math.round((before / whole) * missing);
    before += 1 / Math.sqrt(rank + 1);
    const given = createDeck(random, brand.contacts.given);
    const family = createDeck(random, brand.contacts.family);
    const others = Array.from(
      { length: Math.round(share * missing) - first },
      (_, index): TeamMember => ({
        name: `${given()} ${family()}`,
        email: `member-${first + index + 1}@${brand.mailDomain}`,
        role: rolesByFrequency[index % rolesByFrequency.length]!,
      }),
    );
    return [...brand.team, ...others];
  });
}
