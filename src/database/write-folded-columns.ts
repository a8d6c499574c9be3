import type {
  ColumnNode,
  ColumnUpdateNode,
  InsertQueryNode,
  KyselyPlugin,
  OperationNode,
  PluginTransformQueryArgs,
  ReferenceNode,
  RootOperationNode,
  TableNode,
  UpdateQueryNode,
  ValueNode,
  ValuesNode,
} from 'kysely';
import { type FoldedColumn, foldedColumnsOf, foldedValue } from './folded-columns.ts';

type Twins = Readonly<Record<string, FoldedColumn>>;

/** Adds the folded column to each insert and update that writes its source column, so that no query can omit it. */
export const writeFoldedColumns: KyselyPlugin = {
  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    if (node.kind !== 'InsertQueryNode' && node.kind !== 'UpdateQueryNode') return node;
    const table = (node.kind === 'InsertQueryNode' ? node.into : node.table) as TableNode | undefined;
    const twins = table?.kind === 'TableNode' ? foldedColumnsOf(table.table.identifier.name) : undefined;
    if (!twins) return node;
    return node.kind === 'InsertQueryNode' ? insertWith(twins, node) : updateWith(twins, node);
  },
  transformResult: async ({ result }) => result,
};

function insertWith(twins: Twins, node: InsertQueryNode): InsertQueryNode {
  const { columns = [], values: rows, onConflict } = node;
  const written = columns.flatMap(({ column: { name } }, place) => (twins[name] ? [{ twin: twins[name], place }] : []));
  const values = (rows as ValuesNode).values.map((row) =>
    row.kind === 'PrimitiveValueListNode'
      ? { ...row, values: [...row.values, ...written.map(({ twin, place }) => foldedValue(twin, row.values[place]))] }
      : { ...row, values: [...row.values, ...written.map(({ twin, place }) => foldedNode(twin, row.values[place]!))] },
  );
  return {
    ...node,
    columns: [...columns, ...written.map(({ twin }) => columnNode(twin.into))],
    values: { kind: 'ValuesNode', values } satisfies ValuesNode as OperationNode,
    onConflict: onConflict && { ...onConflict, updates: onConflict.updates && updatesWith(twins, onConflict.updates) },
  };
}

function updateWith(twins: Twins, node: UpdateQueryNode): UpdateQueryNode {
  return { ...node, updates: node.updates && updatesWith(twins, node.updates) };
}

function updatesWith(twins: Twins, updates: readonly ColumnUpdateNode[]): readonly ColumnUpdateNode[] {
  return updates.flatMap((update) => {
    const { name } = (update.column as ColumnNode).column;
    const twin = twins[name];
    return twin
      ? [update, { ...update, column: columnNode(twin.into), value: twinOf(update.value, twin, name) }]
      : [update];
  });
}

/** The value that a conflicting row would have had in the column is folded in that row already. */
function twinOf(value: OperationNode, twin: FoldedColumn, name: string): OperationNode {
  const { table, column } = value as ReferenceNode;
  const isExcluded =
    value.kind === 'ReferenceNode' &&
    table?.table.identifier.name === 'excluded' &&
    (column as ColumnNode).column.name === name;
  return isExcluded ? ({ ...value, column: columnNode(twin.into) } as OperationNode) : foldedNode(twin, value);
}

function columnNode(name: string): ColumnNode {
  return { kind: 'ColumnNode', column: { kind: 'IdentifierNode', name } };
}

function foldedNode(twin: FoldedColumn, node: OperationNode): OperationNode {
  if (node.kind !== 'ValueNode') throw new TypeError(`${twin.into}: expected a text to fold, but got an expression`);
  return { ...node, value: foldedValue(twin, (node as ValueNode).value) } as OperationNode;
}
