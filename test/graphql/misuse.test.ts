import { describe, expect, it } from 'vitest';
import { createNest } from './nest.ts';

type Refused = [what: string, typeDefs: string, message: string, resolvers?: object];

const refused: Refused[] = [
  [
    'a cached mutation',
    'extend type Mutation { bad: Int @cache(category: POSTS, scope: WORKSPACE) @invalidates(tags: ["Post"]) }',
    'Mutation.bad: expected no @cache on a mutation, but got @cache',
  ],
  [
    'a cached subscription',
    'type Subscription { bad: Int @cache(category: POSTS, scope: WORKSPACE) }',
    'Subscription.bad: expected no @cache on a subscription, but got @cache',
  ],
  [
    'a field that is cached and depends',
    'extend type Post { bad: Int @cache(category: POSTS, scope: WORKSPACE) @dependsOn(tags: []) }',
    'Post.bad: expected @cache or @dependsOn, but got both',
  ],
  [
    'a root field that depends',
    'extend type Query { bad: Int @dependsOn(tags: ["Post"]) }',
    'Query.bad: expected @dependsOn on a nested field, but got a root field',
  ],
  [
    'a mutation that depends',
    'extend type Mutation { bad: Int @dependsOn(tags: ["Post"]) @invalidates(tags: ["Post"]) }',
    'Mutation.bad: expected @dependsOn on a nested field, but got a root field',
  ],
  [
    'no lifetime',
    'extend type Query { bad: Int @cache(category: POSTS, scope: WORKSPACE, maxAge: 0) }',
    'Query.bad: expected a maxAge above 0 seconds, but got 0',
  ],
  [
    'a negative lifetime',
    'extend type Query { bad: Int @cache(category: POSTS, scope: WORKSPACE, maxAge: -1) }',
    'Query.bad: expected a maxAge above 0 seconds, but got -1',
  ],
  [
    'a nested field for everybody',
    'extend type Post { bad: Int @cache(category: POSTS, scope: PUBLIC) }',
    'Post.bad: expected PUBLIC scope on a root field only, because a nested one may belong to a workspace, but got it on a field of Post',
  ],
  [
    "a member's own field beneath what a workspace shares",
    'extend type Post { bad: Int @cache(category: POSTS, scope: VIEWER) }',
    'Post.bad: expected WORKSPACE scope beneath a field that is shared, but got VIEWER',
    { Post: { bad: () => 1 } },
  ],
  [
    'a tag that reads the result of a query',
    'extend type Query { bad: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post:{result.id}"]) }',
    'Query.bad: expected placeholders that read arguments or the parent, but got Post:{result.id}',
  ],
  [
    'a tag that reads changes in a query',
    'extend type Post { bad: Int @dependsOn(tags: ["Post:{changes.Post}"]) }',
    'Post.bad: expected placeholders that read arguments or the parent, but got Post:{changes.Post}',
  ],
  [
    'a tag that reads an argument that is not there',
    'extend type Query { bad(id: ID): Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post:{ids}"]) }',
    'Query.bad: expected an argument of the field, parent, result or changes in "Post:{ids}", but got {ids}',
  ],
  [
    'an invalidation that reads an argument that is not there',
    'extend type Mutation { bad(id: ID): Int @invalidates(tags: ["Post:{input.id}"]) }',
    'Mutation.bad: expected an argument of the field, parent, result or changes in "Post:{input.id}", but got {input.id}',
  ],
  [
    'a malformed placeholder',
    'extend type Query { bad: Int @cache(category: POSTS, scope: WORKSPACE, tags: ["Post:{}"]) }',
    'Query.bad: tag "Post:{}": expected a placeholder such as {input.id} or {filter.ids|all}, but got "{}"',
  ],
  [
    'an empty tag',
    'extend type Mutation { bad: Int @invalidates(tags: [""]) }',
    'Mutation.bad: a tag: expected text, but got an empty string',
  ],
  [
    'an invalidation on a query',
    'extend type Query { bad: Int @invalidates(tags: ["Post"]) }',
    'Query.bad: expected @invalidates on a mutation only, but got another field',
  ],
  [
    'a query that invalidates nothing',
    'extend type Query { bad: Int @invalidatesNothing(reason: "None.") }',
    'Query.bad: expected @invalidates on a mutation only, but got another field',
  ],
  [
    'a mutation that does not say',
    'extend type Mutation { bad: Int }',
    'Mutation.bad: expected exactly one of @invalidates and @invalidatesNothing, but got neither',
  ],
  [
    'a mutation that says both',
    'extend type Mutation { bad: Int @invalidates(tags: ["Post"]) @invalidatesNothing(reason: "None.") }',
    'Mutation.bad: expected exactly one of @invalidates and @invalidatesNothing, but got both',
  ],
  [
    'a resolver beneath a cached field of which nothing is known',
    'extend type Post { bad: Int }',
    'Post.bad: expected @cache or @dependsOn on a resolver beneath a cached field, but got neither',
    { Post: { bad: () => 1 } },
  ],
  [
    'one that only a union leads to',
    'type Loose { bad: Int } union Any = Loose | Post extend type Query { any: Any @cache(category: POSTS, scope: WORKSPACE) }',
    'Loose.bad: expected @cache or @dependsOn on a resolver beneath a cached field, but got neither',
    { Loose: { bad: () => 1 }, Any: { __resolveType: () => 'Loose' } },
  ],
  [
    'access to a nested field, which an answer from the cache would not ask for',
    'extend type Post { bad: Int @access(role: ADMIN) }',
    'Post.bad: expected @access on a root field, but got it on a field of Post',
  ],
  [
    'a directive on a field of an interface, which resolves nothing',
    'interface Named { bad: Int @cache(category: POSTS, scope: WORKSPACE) }',
    'Named.bad: expected its directives on the types that implement Named, but got @cache',
  ],
];

describe('a schema that makes no sense is refused when it is built, with the field and what was expected', () => {
  it.each<Refused>(refused)('%s', (_, typeDefs, message, resolvers = {}) => {
    expect(() => createNest({ typeDefs, resolvers: resolvers as never })).toThrow(message);
  });

  it.each([
    [
      'no scope',
      'extend type Query { bad: Int @cache(category: POSTS) }',
      'argument "scope" of type "CacheScope!" is required',
    ],
    [
      'no category',
      'extend type Query { bad: Int @cache(scope: PUBLIC) }',
      'argument "category" of type "CacheCategory!" is required',
    ],
    [
      'an unknown scope',
      'extend type Query { bad: Int @cache(category: POSTS, scope: ALL) }',
      'Query.bad: @cache: Argument "scope" has invalid value ALL.',
    ],
    [
      'an unknown category',
      'extend type Query { bad: Int @cache(category: CATS, scope: PUBLIC) }',
      'Query.bad: @cache: Argument "category" has invalid value CATS.',
    ],
    ['an unknown directive', 'extend type Query { bad: Int @cached }', 'Unknown directive "@cached"'],
    [
      'a directive twice',
      'extend type Mutation { bad: Int @invalidates(tags: ["A"]) @invalidates(tags: ["B"]) }',
      'can only be used once',
    ],
  ])('%s', (_, typeDefs, message) => {
    expect(() => createNest({ typeDefs })).toThrow(message);
  });
});

describe('a schema that makes sense is built', () => {
  it.each([
    [
      "a resolver of which nothing is known, beneath a member's own field",
      'type Own { any: Int } extend type Query { own: Own @cache(category: POSTS, scope: VIEWER) }',
      { Own: { any: () => 1 } },
    ],
    [
      'a resolver that the parent alone decides',
      'extend type Post { length: Int @dependsOn(tags: []) }',
      { Post: { length: () => 1 } },
    ],
    [
      'an edge to a node, to nodes, to an interface of nodes',
      'extend type Post { one: Campaign many: [Campaign!] any: Node }',
      { Post: { one: () => null, many: () => [], any: () => null } },
    ],
    ['a plain property', 'extend type Post { length: Int }', {}],
    [
      'placeholders of all kinds in a mutation',
      'extend type Mutation { good(input: RenameInput!): Int @invalidates(tags: ["Post:{input.id}", "Post:{result.post.id}", "Post:{changes.Post}"]) }',
      {},
    ],
  ])('%s', (_, typeDefs, resolvers) => {
    expect(() => createNest({ typeDefs, resolvers: resolvers as never })).not.toThrow();
  });
});
