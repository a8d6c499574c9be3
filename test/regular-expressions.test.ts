import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';
import type { Alternative, Node, Quantifier } from '@eslint-community/regexpp/ast';
import { analyse } from 'scslre';
import ts from 'typescript-api';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../src');

/** Expressions that are taken for slow, and why they may stay: no client's text comes there, or none of it is read twice. */
const exceptions: Record<string, string> = {
  '/\\{\\{(\\.\\w+)\\}\\}/g': "reads the dashboard's own page",
  '/<script>(.*?)<\\/script>/gs': 'reads the page of GraphiQL',
  '/\\/+$/': 'reads the configuration',
  '/_(SERVICE_(HOST|PORT)(_\\w+)?|PORT(_\\d+_(TCP|UDP)(_\\w+)?)?)$/': 'reads names of environment variables',
  '/(W\\/)?"[^"]*"/g': 'begins at a quotation mark, and never runs beyond the next',
  '/(\\b[Aa] )?\\{([a-z]+)(?:\\.([a-zA-Z]+))?\\}/g': "reads the demo's own sentences",
  '/\\{(\\w+)\\}/g': "reads the built-in AI provider's own phrases",
};

interface Literal {
  readonly path: string;
  readonly text: string;
  readonly source: string;
  readonly flags: string;
}

const literals: Literal[] = [];
const built: string[] = [];
for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
  if (!/\.(ts|mjs)$/.test(path) || path.startsWith('generated/')) continue;
  const file = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.ES2023, true);
  const read = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      literals.push({ path, text: node.text, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp')
      built.push(path);
    ts.forEachChild(node, read);
  };
  read(file);
}

/**
 * Whether an expression takes more than linear time on some text: where it can begin anywhere, and something unbounded is followed
 * by what may fail, it begins again at each place; where it begins at the start, its parts may still share a text in many ways.
 */
function isSlow({ source, flags }: Pick<Literal, 'source' | 'flags'>): boolean {
  const pattern = new RegExpParser().parsePattern(source, 0, source.length, { unicode: flags.includes('u') });
  let isRestarted = false;
  visitRegExpAST(pattern, {
    onQuantifierEnter(quantifier) {
      isRestarted ||= quantifier.max === Number.POSITIVE_INFINITY && !isLast(quantifier);
    },
  });
  if (isRestarted && !pattern.alternatives.every(isAnchored)) return true;
  return analyse(new RegExp(source, flags)).reports.length > 0;
}

function isAnchored({ elements: [first] }: Alternative): boolean {
  return first?.type === 'Assertion' && first.kind === 'start';
}

/** Nothing follows that could fail. */
function isLast(quantifier: Quantifier): boolean {
  for (let node = quantifier as Node; node.parent; node = node.parent) {
    const parent: Node = node.parent;
    if (parent.type === 'Quantifier' || parent.type === 'Assertion') return false;
    if (parent.type === 'Alternative' && parent.elements.at(-1) !== node) return false;
  }
  return true;
}

describe('a regular expression', () => {
  it.each([
    [/ ?Did you mean .*\?$/s, true],
    [/\s+\S*$/, true],
    [/^(a+)+$/, true],
    [/^\d*\w*-/, true],
    [/\s+/g, false],
    [/^[\w.:-]{1,100}$/, false],
    [/^\d+(?:\.\d+)?$/, false],
  ])('is told to be slow on some text or not: %s', (expression, expected) => {
    expect(isSlow(expression)).toBe(expected);
  });

  it('takes linear time on everything that a client may send', () => {
    expect(literals.length).toBeGreaterThan(50);
    const slow = literals.filter((literal) => !(literal.text in exceptions) && isSlow(literal));
    expect(slow.map(({ path, text }) => `${path}: ${text}`)).toEqual([]);
  });

  it('is an exception only while it occurs, once', () => {
    const found = Object.keys(exceptions).map((text) => literals.filter((literal) => literal.text === text).length);
    expect(found).toEqual(Object.keys(exceptions).map(() => 1));
  });

  it('is written out, so that this test can read it, except for the grammars of links', () => {
    expect(new Set(built)).toEqual(new Set(['domains/networks/text-measures.ts', 'text/links.ts']));
  });
});
