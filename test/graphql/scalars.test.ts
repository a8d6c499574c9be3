import { parseValue } from 'graphql';
import { describe, expect, it } from 'vitest';
import { scalars } from '../../src/graphql/scalars.ts';

const { DateTime } = scalars;
const asLiteral = (text: string) => DateTime.parseLiteral(parseValue(JSON.stringify(text)), {});

describe('an instant', () => {
  it.each(['2026-12-01T09:00', '2026-12-01T09:00:00', '2026-12-01T09:00:00.123', '2026-12-01 09:00'])(
    'without an offset is refused in words that name what is missing: %s',
    (text) => {
      const message = `expected an instant with an offset, such as ${text}Z or ${text}+02:00, but got one without`;
      expect(() => DateTime.parseValue(text)).toThrow(message);
      expect(() => asLiteral(text)).toThrow(message);
    },
  );

  it.each(['2026-12-01T09:00:00+02:00', '2026-12-01T07:00:00Z'])('with an offset is taken, as UTC: %s', (text) => {
    expect(DateTime.parseValue(text)).toBe('2026-12-01T07:00:00.000Z');
    expect(asLiteral(text)).toBe('2026-12-01T07:00:00.000Z');
  });
});
