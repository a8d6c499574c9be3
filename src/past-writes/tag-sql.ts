import type { WorkspaceRule } from './table-rule.ts';

/** An SQL expression for the tags of the row `changed`, with nulls. */
export function tagsOfRow({ tags, through = [] }: WorkspaceRule): string {
  const own = `array[${tags.map((tag) => tagSql(tag, 'changed.')).join(', ')}]`;
  const others = through.map(
    ({ from, tags }) => `array(select unnest(array[${tags.map((tag) => tagSql(tag)).join(', ')}]) from ${from})`,
  );
  return [own, ...others].join(' || ');
}

/** `Post:{id}:metrics` becomes `'Post:' || changed.id || ':metrics'`, which is null if the value is. */
function tagSql(tag: string, prefix = ''): string {
  const parts = tag.split(/[{}]/);
  return parts
    .map((part, index) => (index % 2 ? `${prefix}${part}` : `'${part}'`))
    .filter((part) => part !== "''")
    .join(' || ');
}
