import {
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';

const texts = [
  ...[
    '',
    ' ',
    '\u200b',
    'x'.repeat(256),
    'x'.repeat(10_001),
    '\ud800',
    'a\udc00b',
    '👩‍👩‍👧‍👦',
    'e\u0301\u0327',
    '\u202ex',
    '\ufeff',
  ],
  ...["'; drop table posts; --", '%_\\', '$1', '{"a":1}', '{', '[', '\\', '\\u0000', '\r\n', '../../etc/passwd', '<b>'],
  ...[
    'null',
    'undefined',
    'NaN',
    'Infinity',
    '-1',
    '0',
    '١',
    '__proto__',
    'constructor',
    'toString',
    'http://[',
    '@',
    '#',
  ],
  ...[
    'Mars/Phobos',
    'utc',
    'Etc/GMT+99',
    '+99:99',
    'UTC+25',
    'Europe/Berlin\n',
    'und',
    'xx-YY-zz',
    'a-b-c-d-e',
    'i-klingon',
  ],
];
const ids = [
  ...[
    '',
    ' ',
    'x',
    'post',
    'post_',
    '_',
    'post_%',
    'post_\ud800',
    'POST_01',
    'nope_01',
    `post_${'0'.repeat(250)}`,
    '0',
    '-1',
  ],
  ...[
    'node',
    '__proto__',
    "'",
    '{}',
    'ws_00000000000000000000000000',
    'tok_00000000000000000000000000',
    0,
    -1,
    2 ** 53,
  ],
];
const integers = [0, -1, -0, 1, 101, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53 - 1, -(2 ** 53), 1e308, 0.5, '1', ''];
const days = [
  ...['0000-01-01', '0001-01-01', '0099-12-31', '1899-12-31', '1900-01-01', '2999-12-31', '3000-01-01', '9999-12-31'],
  ...[
    '-271821-04-20',
    '+275760-09-13',
    '+002026-01-01',
    '2026-02-29',
    '2026-02-30',
    '2026-13-01',
    '2026-00-00',
    '2026-11-31',
  ],
  ...['', ' ', 'today', '2026-11-22 ', '20261122', '2026-W47', '２０２６-１１-２２', 0, 1e20],
];
const instants = [
  ...days.map((day) => (typeof day === 'string' ? `${day}T00:00:00Z` : day)),
  ...[
    '2026-11-22',
    '2026-11-22T09:00',
    '2026-11-22T24:00:00Z',
    '2026-11-22T25:00:00Z',
    '2016-12-31T23:59:60Z',
    'T',
    'Z',
  ],
  ...[
    '1900-01-01T00:00:00+14:00',
    '2999-12-31T23:59:59.999-14:00',
    '2026-11-22T09:00:00+99:99',
    '2026-11-22T09:00:00+24:00',
  ],
  ...[
    '2026-11-22T09:00:00.123456789Z',
    `2026-11-22T09:00:00.${'1'.repeat(200)}Z`,
    '2026-11-22T09:00:00z',
    'x'.repeat(5_000),
  ],
];
const booleans = [true, false, 'true', 0, 1];
const files = ['', 'x', 0, {}, { name: 'x', size: 1 }];
const anything = ['', 0, -1, true, {}, []];

const oddByScalar: Readonly<Record<string, readonly unknown[]>> = {
  ...{ String: texts, ID: ids, Int: integers, SafeInt: integers, Float: integers, Boolean: booleans },
  ...{ Date: days, DateTime: instants, Upload: files },
};

/** Values that a careless or a malicious client gives to an argument of a type. Most of them its type does not hold. */
export function oddValues(type: GraphQLInputType, levels = 4): unknown[] {
  const named = getNullableType(type);
  const nothing = isNonNullType(type) ? [] : [null];
  if (isListType(named)) {
    const items = oddValues(named.ofType, levels);
    return [...nothing, [], [null], [[]], {}, items[0], ...items.map((item) => [item]), items.slice(0, 3)];
  }
  if (isEnumType(named)) {
    const names = named.getValues().map(({ name }) => name);
    return [...nothing, ...names, names[0]!.toLowerCase(), 'NOPE', '__proto__', 'toString', ...anything];
  }
  if (isInputObjectType(named)) {
    const whole: unknown[] = [...nothing, {}, [], '', 0, { nope: 1 }, { __proto__: null, constructor: 1 }];
    if (levels === 0) return whole;
    const fields = Object.values(named.getFields());
    return [
      ...whole,
      ...fields.flatMap(({ name, type }) => oddValues(type, levels - 1).map((odd) => ({ [name]: odd }))),
    ];
  }
  const odd = oddByScalar[named.name];
  if (!odd) throw new TypeError(`expected odd values of the scalar ${named.name}, but there are none here`);
  return [...nothing, ...odd];
}
