import type { Context } from './context.ts';
import type { NodeType } from './ids.ts';

/** A record of any node type; the prefix of its id names the type. */
export interface AnyNode {
  readonly id: string;
}

/** How a domain finds its nodes by their ids, for each type; null unless the viewer may see the node. */
export type NodeFinders = Readonly<
  Partial<Record<NodeType, (id: string, context: Context) => Promise<AnyNode | null>>>
>;
