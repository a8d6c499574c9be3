import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLObjectType, getDirectiveValues, isAbstractType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { readTypeDefs } from '../../src/graphql/schema.ts';

const schema = buildSchema(readTypeDefs().join('\n'));
const text = readFileSync(new URL('../../docs/access.md', import.meta.url), 'utf8');

/** The rows of the table that begins with this heading: names in the first column, and what the second says. */
function rowsOf(heading: string): { names: string[]; second: string }[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  expect(start, `a table of ${heading}`).toBeGreaterThan(-1);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) => {
    const [, first = '', second = ''] = line.split('|').map((cell) => cell.trim());
    return { names: [...first.matchAll(/`(\w+)`/g)].map(([, name]) => name!), second };
  });
}

const namesIn = (heading: string) => rowsOf(heading).flatMap(({ names }) => names);
const fieldsOf = (type: GraphQLObjectType | null | undefined) => Object.values(type!.getFields());

describe('docs/access.md says what confinement means for', () => {
  it('each type once, but for payloads, connections and edges', () => {
    const types = Object.values(schema.getTypeMap())
      .filter((type) => (isObjectType(type) || isAbstractType(type)) && !type.name.startsWith('__'))
      .map(({ name }) => name)
      .filter((name) => !/(Payload|Connection|Edge)$/.test(name));
    expect(namesIn('types').sort()).toEqual(types.sort());
  });

  it.each([
    ['queries', schema.getQueryType()],
    ['mutations', schema.getMutationType()],
    ['subscriptions', schema.getSubscriptionType()],
  ])('each of the %s once', (heading, type) => {
    expect(namesIn(heading).sort()).toEqual(
      fieldsOf(type)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it.each([
    ['queries', schema.getQueryType()],
    ['mutations', schema.getMutationType()],
  ])('%s, as @access does', (heading, type) => {
    const said = new Map(rowsOf(heading).flatMap(({ names, second }) => names.map((name) => [name, second])));
    for (const { name, astNode } of fieldsOf(type)) {
      const access = getDirectiveValues(schema.getDirective('access')!, astNode!) as
        | { confinement: string }
        | undefined;
      expect([name, said.get(name)]).toEqual([name, access?.confinement ?? expect.stringMatching(/^(SHARED|WITHIN)$/)]);
    }
  });
});
