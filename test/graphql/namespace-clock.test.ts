import { categoryTag, keyTag, namespaceCategoryTag, namespaceTag } from '@magpie/cache/entries';
import { NamespaceClock } from '@magpie/graphql-cache/parts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ada } from './nest.ts';
import { createProduct } from './product.ts';

const namespaces = ['ws_1', 'ws_2', 'ws_3', 'ws_4'];
const everybody = [...namespaces, 'public'];
const tag = fc.oneof(
  fc
    .constantFrom(...everybody)
    .chain((namespace) =>
      fc.constantFrom(
        ...['Post', 'Post:post_1/2', 'a b'].map((bare) => ({ tag: `${namespace}/${bare}`, concerns: namespace })),
        { tag: namespaceTag(namespace), concerns: namespace },
        { tag: namespaceCategoryTag(namespace, 'POSTS'), concerns: namespace },
      ),
    ),
  fc.constantFrom(
    ...[categoryTag('POSTS'), keyTag('POSTS', 'ws_1 Query.posts'), 'without a namespace'].map((own) => ({
      tag: own,
      concerns: 'public', // that is, everybody
    })),
  ),
);

describe('the logical time of a workspace', () => {
  it.each([
    ['all of them are remembered', 10],
    ['only two are', 2],
  ])('moves with each invalidation that concerns it, and never back, when %s', (_, maxNamespaces) => {
    fc.assert(
      fc.property(fc.array(fc.array(tag, { minLength: 1, maxLength: 3 }), { maxLength: 60, size: 'max' }), (steps) => {
        const clock = new NamespaceClock({ maxNamespaces });
        let last = new Map(namespaces.map((namespace) => [namespace, clock.stampOf(namespace)]));
        steps.forEach((step, index) => {
          clock.advance(
            step.map((one) => one.tag),
            index + 1,
          );
          const now = new Map(namespaces.map((namespace) => [namespace, clock.stampOf(namespace)]));
          for (const [namespace, stamp] of now) {
            const isConcerned = step.some(({ concerns }) => concerns === 'public' || concerns === namespace);
            if (isConcerned) expect(stamp).toBeGreaterThan(last.get(namespace)!);
            else if (maxNamespaces >= everybody.length) expect(stamp).toBe(last.get(namespace));
            else expect(stamp).toBeGreaterThanOrEqual(last.get(namespace)!);
          }
          last = now;
        });
      }),
      { seed: 20261122, numRuns: 300 },
    );
  });

  it('takes no more memory than it may, however many workspaces write', () => {
    const clock = new NamespaceClock({ maxNamespaces: 100 });
    for (let at = 1; at <= 1_000; at++) clock.advance([`ws_${at}/Post`], at);
    const stamps = Array.from({ length: 1_000 }, (_, index) => clock.stampOf(`ws_${index + 1}`));
    expect(new Set(stamps).size).toBe(101); // those of the last hundred, and one for all before
  });
});

describe('queries of a workspace', () => {
  it('share one load that runs for a second, with 100 writes of another workspace meanwhile', async () => {
    let loads = 0;
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const product = createProduct({
      async posts() {
        loads++;
        await ended;
        return [];
      },
    });
    const { cache, stampOf } = product.engine;
    const answers: Promise<{ data: unknown }>[] = [];
    for (let write = 0; write < 100; write++) {
      answers.push(product.ask('{ posts { nodes { id } } }'));
      await new Promise(setImmediate);
      cache.invalidate(['ws_other/Post', `ws_other/Post:post_${write}`], 'updatePost');
      product.pass(10);
    }
    end();
    for (const { data } of await Promise.all(answers)) expect(data).toEqual({ posts: { nodes: [] } });
    expect([loads, stampOf(ada)]).toEqual([1, 0]);
  });
});
