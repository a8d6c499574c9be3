import { mayOverlap, parseTagTemplate, resolveTags } from '@magpie/graphql-cache/parts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Changes } from '../../src/domains/changes.ts';

const changes = new Changes();
changes.add('Post', 'post_1', 'post_2', null, undefined, 'post_1');
changes.add('CalendarMonth', '2026-11');
changes.add('Campaign');

const sources = {
  args: {
    id: 'post_9',
    input: {
      id: 'post_1',
      ids: ['a', 'b', null],
      none: null,
      empty: [],
      zero: 0,
      no: false,
      text: '',
      deep: { id: 'd' },
    },
    filter: null,
  },
  parent: { id: 'camp_1', months: ['2026-11', '2026-12'] },
  result: { post: { id: 'post_3' }, userErrors: [] },
  changes,
};
const resolve = (text: string) => resolveTags([parseTagTemplate(text)], sources);

describe('a tag in the schema', () => {
  it.each([
    ['plain text', 'Post', ['Post']],
    ['an argument', 'Post:{id}', ['Post:post_9']],
    ['a field of an argument', 'Post:{input.id}', ['Post:post_1']],
    ['one further down', 'Post:{input.deep.id}', ['Post:d']],
    ['text after it', 'Campaign:{parent.id}:posts', ['Campaign:camp_1:posts']],
    ['the parent', 'Campaign:{parent.id}', ['Campaign:camp_1']],
    ['a list of the parent', 'Calendar:{parent.months}', ['Calendar:2026-11', 'Calendar:2026-12']],
    ['the result', 'Post:{result.post.id}', ['Post:post_3']],
    ['changes', 'Post:{changes.Post}', ['Post:post_1', 'Post:post_2']],
    ['a change of a facet', 'Calendar:{changes.CalendarMonth}', ['Calendar:2026-11']],
    ['a list: a tag for each item, nulls left out', 'Post:{input.ids}', ['Post:a', 'Post:b']],
    ['two lists: each with each', '{input.ids}:{parent.months}', ['a:2026-11', 'a:2026-12', 'b:2026-11', 'b:2026-12']],
    ['zero', 'Post:{input.zero}', ['Post:0']],
    ['false', 'Post:{input.no}', ['Post:false']],
    ['an empty text', 'Post:{input.text}', ['Post:']],
  ])('stands for %s', (_, text, tags) => {
    expect(resolve(text)).toEqual(tags);
  });

  it.each([
    ['a null', 'Post:{input.none}'],
    ['an absent argument', 'Post:{input.nothing}'],
    ['a field of a null', 'Post:{filter.id}'],
    ['a field of a text', 'Post:{id.length.x}'],
    ['an empty list', 'Post:{input.empty}'],
    ['a field of the result that is not there', 'Post:{result.campaign.id}'],
    ['changes that were not reported', 'Post:{changes.Nothing}'],
    ['changes that are empty', 'Campaign:{changes.Campaign}'],
    ['one empty placeholder of two', '{input.id}:{input.none}'],
  ])('is left out for %s', (_, text) => {
    expect(resolve(text)).toEqual([]);
  });

  it.each([
    ['a null', 'Report:{input.none|all}', ['Report:all']],
    ['a field of a null', 'Report:{filter.ids|all}', ['Report:all']],
    ['an absent argument', 'Report:{other|all}', ['Report:all']],
  ])('falls back on its word for %s', (_, text, tags) => {
    expect(resolve(text)).toEqual(tags);
  });

  it.each([
    ['a value', 'Report:{input.id|all}', ['Report:post_1']],
    ['zero', 'Report:{input.zero|all}', ['Report:0']],
    ['an empty list, which asks for nothing', 'Report:{input.empty|all}', []],
  ])('does not fall back for %s', (_, text, tags) => {
    expect(resolve(text)).toEqual(tags);
  });

  it('reads nothing of what is not given', () => {
    const tags = ['A:{parent.id}', 'B:{result.id}', 'C:{changes.Post}', 'D'].map(parseTagTemplate);
    expect(resolveTags(tags, { args: {} })).toEqual(['D']);
  });

  it.each(['Post:{result.id}', 'Post:{changes.Post}', '{id}:{result.id}'])(
    'that reads the outcome says so: %s',
    (text) => {
      expect(parseTagTemplate(text).readsResult).toBe(true);
    },
  );

  it.each(['Post', 'Post:{id}', 'Post:{parent.id}', 'Post:{input.result.id}'])(
    'that does not, does not: %s',
    (text) => {
      expect(parseTagTemplate(text).readsResult).toBe(false);
    },
  );
});

describe('a tag that is malformed', () => {
  it.each([
    ['', 'a tag: expected text, but got an empty string'],
    ['Post:{}', 'tag "Post:{}": expected a placeholder such as {input.id} or {filter.ids|all}, but got "{}"'],
    ['Post:{1}', 'tag "Post:{1}": expected a placeholder such as {input.id} or {filter.ids|all}, but got "{1}"'],
    ['Post:{a.}', 'but got "{a.}"'],
    ['Post:{.a}', 'but got "{.a}"'],
    ['Post:{a|}', 'but got "{a|}"'],
    ['Post:{a|b|c}', 'but got "{a|b|c}"'],
    ['Post:{a b}', 'but got "{a b}"'],
    ['Post:{parent}', 'tag "Post:{parent}": expected a field of parent, but got "{parent}"'],
    ['Post:{result}', 'expected a field of result, but got "{result}"'],
    ['Post:{changes}', 'expected a field of changes, but got "{changes}"'],
    ['Post:{id', 'tag "Post:{id": expected text and {placeholders}, but got "Post:{id"'],
    ['Post:id}', 'expected text and {placeholders}, but got "Post:id}"'],
    ['Post:{{id}}', 'expected text and {placeholders}, but got "Post:{"'],
    ['Post of mine', 'expected text and {placeholders}, but got "Post of mine"'],
  ])('is refused: "%s"', (text, message) => {
    expect(() => parseTagTemplate(text)).toThrow(message);
  });
});

describe('two tags', () => {
  it.each([
    ['Post', 'Post'],
    ['Post:{id}', 'Post:{input.id}'],
    ['Post:{id}', 'Post:post_1'],
    ['Campaign:{parent.id}:posts', 'Campaign:{changes.Campaign}:posts'],
    ['Calendar:{parent.months}', 'Calendar:2026-11'],
    ['{type}:{id}', 'Post:post_1'],
    ['a{x}b', 'a{y}c'],
  ])('can meet: %s and %s', (one, other) => {
    expect(mayOverlap(parseTagTemplate(one), parseTagTemplate(other))).toBe(true);
    expect(mayOverlap(parseTagTemplate(other), parseTagTemplate(one))).toBe(true);
  });

  it.each([
    ['Post', 'Posts'],
    ['Post', 'Post:{id}'],
    ['Post:{id}', 'Campaign:{id}'],
    ['Campaign:{id}', 'Campaign:{id}:posts'],
    ['Campaign:{id}:posts', 'Campaign:{id}:notes'],
    ['MediaAsset:usage:true', 'MediaAsset:usage:false'],
  ])('cannot: %s and %s', (one, other) => {
    expect(mayOverlap(parseTagTemplate(one), parseTagTemplate(other))).toBe(false);
    expect(mayOverlap(parseTagTemplate(other), parseTagTemplate(one))).toBe(false);
  });

  /** Values as they occur in tags: ids, days, words; a colon parts a tag and is in none of them. */
  const value = fc.oneof(fc.constantFrom('', 'x', 'P', 'ost'), fc.stringMatching(/^[\w.-]{0,3}$/));
  const part = fc.oneof(fc.constantFrom('Post', 'P', ':', ':posts', 'x'), fc.constantFrom('{a}', '{b}', '{parent.c}'));
  const template = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parseTagTemplate(parts.join('')));
  const values = fc.record({ a: fc.array(value, { maxLength: 3 }), b: value, c: value });
  const tagsOf = (tag: ReturnType<typeof parseTagTemplate>, { a, b, c }: { a: string[]; b: string; c: string }) =>
    resolveTags([tag], { args: { a, b }, parent: { c } });

  it('of which one tag can come always meet', () => {
    fc.assert(
      fc.property(template, template, values, values, (one, other, ones, others) => {
        const tags = new Set(tagsOf(one, ones));
        fc.pre(tagsOf(other, others).some((tag) => tags.has(tag)));
        expect(mayOverlap(one, other)).toBe(true);
      }),
      { maxSkipsPerRun: 1_000 },
    );
  });

  it('meet, if one is what the other came to', () => {
    fc.assert(
      fc.property(template, values, (tag, given) => {
        for (const text of tagsOf(tag, given).filter((made) => made !== ''))
          expect(mayOverlap(tag, parseTagTemplate(text))).toBe(true);
      }),
    );
  });

  it('meet both ways or neither', () => {
    fc.assert(fc.property(template, template, (one, other) => mayOverlap(one, other) === mayOverlap(other, one)));
  });
});
