import {
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  Kind,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { inputsOf } from '../../src/graphql/document-inputs.ts';
import { violationsIn } from '../../src/graphql/value-check.ts';
import { coerceVariables } from '../../src/graphql/variables.ts';
import { productSchema as schema } from './schema.ts';

/** A value as a variable holds it, and as a document writes it. */
interface Written {
  readonly value: unknown;
  readonly literal: string;
}

const samples: Record<string, unknown> = {
  ...{ String: 'x', ID: 'post_1', Int: 1, Float: 1, Boolean: true, SafeInt: 1 },
  ...{ DateTime: '2026-12-01T09:00:00Z', Date: '2026-12-01' },
  Upload: { arrayBuffer() {} },
};
/** Scalars whose values are no text of the client's. A new scalar is to be added here, or tried with what cannot be stored. */
const withoutText = ['Int', 'Float', 'Boolean', 'SafeInt', 'Upload'];

const written = (value: unknown): Written => ({ value, literal: JSON.stringify(value) });

/** A value that is taken, with only what must be there. */
function sampleOf(type: GraphQLInputType): Written {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return { value: [], literal: '[]' };
  if (isEnumType(nullable)) return { value: nullable.getValues()[0]!.name, literal: nullable.getValues()[0]!.name };
  if (isScalarType(nullable)) return written(samples[nullable.name]);
  return objectOf(nullable, {});
}

function objectOf(type: GraphQLInputType, given: Record<string, Written>): Written {
  if (!isInputObjectType(type)) throw new TypeError(`expected an input, but got ${type}`);
  const fields = { ...given };
  if (!type.isOneOf)
    for (const field of Object.values(type.getFields()))
      if (isNonNullType(field.type) && !(field.name in fields)) fields[field.name] = sampleOf(field.type);
  const entries = Object.entries(fields);
  return {
    value: Object.fromEntries(entries.map(([name, { value }]) => [name, value])),
    literal: `{ ${entries.map(([name, { literal }]) => `${name}: ${literal}`).join(', ')} }`,
  };
}

/** Every text in a value of a type, in turn replaced by one that is bad, with its place. */
function* spoilt(type: GraphQLInputType, text: string, above: readonly string[] = []): Generator<[string, Written]> {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    for (const [place, { value, literal }] of spoilt(nullable.ofType, text, above))
      yield [`[0]${place}`, { value: [value], literal: `[${literal}]` }];
  } else if (isInputObjectType(nullable)) {
    if (above.includes(nullable.name)) return;
    for (const field of Object.values(nullable.getFields()))
      for (const [place, bad] of spoilt(field.type, text, [...above, nullable.name]))
        yield [`.${field.name}${place}`, objectOf(nullable, { [field.name]: bad })];
  } else if (isScalarType(nullable) && !withoutText.includes(nullable.name)) yield ['', written(text)];
}

const args = Object.values(schema.getTypeMap()).flatMap((type) => {
  if (!(isObjectType(type) || isInterfaceType(type)) || type.name.startsWith('__')) return [];
  return Object.values(type.getFields()).flatMap((field) =>
    field.args.map((arg) => ({ type: type.name, field: field.name, arg })),
  );
});

const bad: readonly [string, string][] = [
  ['x\ud800', 'half a surrogate pair (U+D800) at offset 1'],
  ['\udc00', 'half a surrogate pair (U+DC00) at offset 0'],
  ['2026-12-01\0', 'a NUL character (U+0000) at offset 10'],
];

describe('a text that cannot be stored as it is', () => {
  const places = args.flatMap(({ type, field, arg }) =>
    [...spoilt(arg.type, '')].map(([place]) => `${type}.${field}(${arg.name}:)${place}`),
  );

  it('can be said in many places, of which every scalar that takes text is one', () => {
    expect(places.length).toBeGreaterThan(150);
    expect(places).toContain('Mutation.createTemplate(input:).title');
    const scalars = Object.values(schema.getTypeMap()).filter(isScalarType);
    expect(scalars.map(({ name }) => name).sort()).toEqual(Object.keys(samples).sort());
  });

  it.each(args)('is refused in a variable, with its place: $type $field $arg.name', ({ type, field, arg }) => {
    const document = parse(
      `query ($v: ${arg.type}) { ...F } fragment F on ${type} { ${field}(${arg.name}: $v) { id } }`,
    );
    const [operation] = document.definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('expected an operation');
    for (const [text, found] of bad)
      for (const [place, { value }] of spoilt(arg.type, text)) {
        const { variables, errors } = coerceVariables(schema, operation.variableDefinitions!, { v: value });
        if (errors) {
          expect(errors[0]!.message).toContain(`at "v${place}"`); // no day and no instant
          continue;
        }
        const [error, ...others] = violationsIn(variables, { schema, document, operation });
        expect(error?.message).toContain(`but got ${found} in $v${place}.`);
        expect(error?.extensions.code).toBe('BAD_USER_INPUT');
        expect(others).toEqual([]);
      }
  });

  it.each(args)('is refused in a document: $type $field $arg.name', ({ type, field, arg }) => {
    const textOf = (literal: string) => `fragment F on ${type} { ${field}(${arg.name}: ${literal}) { id } }`;
    for (const [text, found] of bad)
      for (const [place, { literal }] of spoilt(arg.type, text)) {
        const isHalf = text !== bad[2]![0];
        if (isHalf) expect(() => parse(textOf(literal)), place).toThrow('Invalid Unicode escape sequence');
        else expect(inputsOf(schema, parse(textOf(literal))).errors[0]?.message, place).toContain(found);
      }
  });
});
