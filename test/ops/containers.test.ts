import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.ts';

const project = resolve(import.meta.dirname, '../..');
const textOf = (name: string) => readFileSync(resolve(project, name), 'utf8');

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
}

interface Composition {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

describe('the Dockerfile', () => {
  it('has no fault that a linter finds', () => {
    expect(validate(textOf('Dockerfile'))).toEqual([]);
  });

  it('starts what `npm start` starts', () => {
    const [, command] = /^CMD (\[.*\])$/m.exec(textOf('Dockerfile'))!;
    const { scripts } = JSON.parse(textOf('package.json'));
    expect(JSON.parse(command!).join(' ')).toBe(scripts.start.replace(/^exec /, ''));
  });
});

describe('compose.yaml', () => {
  const { services, volumes }: Composition = parse(textOf('compose.yaml'), { merge: true });
  const own = Object.entries(services).filter(([, { build }]) => build !== undefined);

  it('has services and volumes for all that a service names', () => {
    for (const { depends_on: needed = {}, volumes: mounted = [] } of Object.values(services)) {
      for (const name of Object.keys(needed)) expect(services).toHaveProperty([name]);
      for (const mount of mounted) expect(volumes).toHaveProperty([mount.split(':')[0]!]);
    }
  });

  it('has two hosts of Magpie, which take its variables, on one database and with their media in one place', () => {
    const settings = own.map(([, { environment }]) =>
      Object.fromEntries(
        Object.entries(environment!).map(([name, value]) => [name, value.replace(/\$\{\w+:-(\w+)\}/g, '$1')]),
      ),
    );
    const configs = settings.map((environment) => readConfig({ ...environment, DATA_DIR: '/data' }));
    expect(configs.map(({ databaseUrl }) => databaseUrl)).toEqual([
      'postgres://magpie:magpie@database/magpie',
      'postgres://magpie:magpie@database/magpie',
    ]);
    for (const [, { volumes: mounted }] of own) expect(mounted).toContain('media:/data/media');
    for (const { redis } of configs) expect(services).toHaveProperty([redis!.hosts[0]!.host]);
  });
});
