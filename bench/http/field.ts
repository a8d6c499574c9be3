import { join } from 'node:path';
import type { PeerOptions } from '../peers/backend.ts';
import type { ContenderPlan } from './contender.ts';
import { zipfIds } from './stage.ts';

export type Role = 'magpie' | 'uncached' | 'limit' | 'cached peer' | 'free peer' | 'plain peer';

/** A contender in the field of them. */
export interface Entrant extends ContenderPlan {
  readonly role: Role;
}

export interface FieldOptions {
  readonly token: string;
  readonly folder: string;
  readonly answersFile: string;
  databaseFor(name: string): Promise<string>;
}

const peers = { yoga: 'Yoga', apollo: 'Apollo Server', mercurius: 'Mercurius + JIT' } as const;
type PeerName = keyof typeof peers;

export const entrantNames = [
  ...['magpie', 'magpie-off', 'bare'],
  ...['yoga', 'apollo', 'mercurius'],
  ...['yoga-free', 'apollo-free', 'mercurius-free', 'yoga-plain'],
] as const;

export async function entrant(name: string, options: FieldOptions): Promise<Entrant> {
  if (name === 'magpie') return magpie(options, { name, role: 'magpie', label: 'Magpie', cache: 'on' });
  if (name === 'magpie-off')
    return magpie(options, { name, role: 'uncached', label: 'Magpie, CACHE=off', cache: 'off' });
  if (name === 'bare')
    return {
      name,
      role: 'limit',
      label: 'bare node:http',
      script: 'bench/http/bare.ts',
      argument: options.answersFile,
    };
  const [peer, kind = 'cached'] = name.split('-') as [PeerName, PeerOptions['mode'] | undefined];
  const label = {
    cached: `${peers[peer]}, its cache`,
    free: `${peers[peer]}, free data`,
    plain: `${peers[peer]}, no cache`,
  }[kind];
  const argument: PeerOptions = {
    mode: kind,
    databaseUrl: kind === 'free' ? '' : await options.databaseFor(name),
    dataDir: join(options.folder, 'media'),
    token: options.token,
    answersFile: options.answersFile,
  };
  return { name, role: `${kind} peer`, label, script: `bench/peers/${peer}.ts`, argument: JSON.stringify(argument) };
}

/** The product as `npm start` runs it, on a database of its own, with room for all keys of the Zipf question. */
async function magpie(
  { folder, databaseFor }: FieldOptions,
  { name, role, label, cache }: { name: string; role: Role; label: string; cache: 'on' | 'off' },
): Promise<Entrant> {
  return {
    ...{ name, role, label, script: 'src/main.ts' },
    environment: {
      ...{ HOST: '127.0.0.1', PORT: '0', DATABASE_URL: await databaseFor(name), DATA_DIR: folder },
      ...{ DEMO: 'on', DEMO_LIVE: 'off', CACHE: cache },
      CACHE_POSTS_MAX_ENTRIES: String(2 * zipfIds.length),
      CACHE_POSTS_MAX_BYTES: String(16 * 2 ** 20),
      CACHE_POSTS_TTL_SECONDS: '3600',
    },
  };
}
