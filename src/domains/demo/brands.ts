import type { Brand } from './brand.ts';
import { cairnAndCompass } from './brands/cairn-and-compass/brand.ts';
import { lindwurmCoffee } from './brands/lindwurm-coffee/brand.ts';
import { satoumiTrust } from './brands/satoumi-trust/brand.ts';

export const demoBrands: readonly Brand[] = [lindwurmCoffee, cairnAndCompass, satoumiTrust];

const branches = ['North', 'South', 'East', 'West', 'Harbour', 'Hillside'];

/** The brands, then their branches, each with its own team. */
export function brandsFor(count: number): Brand[] {
  return Array.from({ length: count }, (_, index) => {
    const brand = demoBrands[index % demoBrands.length]!;
    const round = Math.floor(index / demoBrands.length);
    return round === 0 ? brand : branchOf(brand, branches[round - 1] ?? `Branch ${round}`);
  });
}

function branchOf(brand: Brand, branch: string): Brand {
  const slug = branch.toLowerCase().replace(' ', '-');
  const mailDomain = `${slug}.${brand.mailDomain}`;
  const team = brand.team.map((member, index) => ({ ...member, email: `team-${index + 1}@${mailDomain}` }));
  return { ...brand, name: `${brand.name} ${branch}`, handle: `${brand.handle}_${slug}`, mailDomain, team };
}
