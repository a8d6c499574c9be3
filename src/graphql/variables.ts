import { type ASTNode, visit } from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;

/** The names of the variables that occur in some part of a document. */
export function variablesIn(nodes: readonly (ASTNode | readonly ASTNode[])[]): Set<string> {
  const names = new Set<string>();
  for (const node of nodes)
    visit(node as ASTNode, {
      Variable({ name }) {
        names.add(name.value);
      },
    });
  return names;
}
