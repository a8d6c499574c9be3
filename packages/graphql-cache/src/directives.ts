/** The definitions of the directives, in the schema definition language. Add them to the type definitions of a schema. */
export const cacheDirectives = /* GraphQL */ `
"""
Answers the field from the cache. The key is made of the scope, the coordinate, the parent's identity and the arguments;
the entry is valid until one of its tags is invalidated, and fresh for its lifetime.
"""
directive @cache(
  "The store: its lifetime, limits and eviction."
  category: String!
  "Who may share an entry. No default: it is a security decision."
  scope: CacheScope!
  "Lifetime in seconds; the category's when absent."
  maxAge: Int
  """
  What the value depends on, beside the nodes found in it. T stands for lists and counts over T, T:<id> for one node,
  T:<id>:<edge> for what hangs on it. Placeholders: {argument.path}, {parent.field}; a list makes a tag for each item;
  {path|word} falls back on a word; a tag whose placeholder is empty is left out.
  """
  tags: [String!]! = []
) on FIELD_DEFINITION

"""
What a mutation makes untrue. Applied after its resolver and before its payload resolves, also after an error.
Placeholders: {argument.path} and {result.path}.
"""
directive @invalidates("The tags, written as in @cache." tags: [String!]!) on FIELD_DEFINITION

"Says of a mutation that nothing that is cached depends on it, and why."
directive @invalidatesNothing("Why nothing that is cached depends on it." reason: String!) on FIELD_DEFINITION

"What a nested field depends on that is neither a plain property, nor an edge to a node, nor cached itself. Placeholders as in @cache."
directive @dependsOn("The tags; none when the parent alone decides." tags: [String!]!) on FIELD_DEFINITION

"Who may share an entry."
enum CacheScope {
  "All requests: holds nothing that depends on who sent them."
  PUBLIC
  "Requests of one namespace with the same visibility."
  WORKSPACE
  "Requests of one viewer."
  VIEWER
}
`;
