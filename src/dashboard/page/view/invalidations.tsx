import { moment } from '../figures/format.ts';
import type { Details } from '../state/dashboard.ts';
import { TableCard } from './table.tsx';

/** Tags that are shown of an invalidation. */
const maxTags = 4;

/** The last writes that made entries untrue. */
export function Invalidations({ recent }: { recent: Details['recentInvalidations'] }) {
  return (
    <TableCard
      title="Recent invalidations"
      hint="Of this workspace, and of all at once"
      rows={recent}
      keyOf={({ at, mutation, tags }) => `${at} ${mutation} ${tags.join()}`}
      empty="Nothing was invalidated lately."
      columns={[
        { head: 'Time', cell: ({ at }) => moment(Date.parse(at)) },
        { head: 'By', cell: ({ mutation }) => <code>{mutation ?? 'unknown'}</code> },
        { head: 'Tags', cell: ({ tags }) => <Tags tags={tags} /> },
      ]}
    />
  );
}

function Tags({ tags }: { tags: readonly string[] }) {
  const more = tags.length - maxTags;
  return (
    <span class="tags" title={tags.join('\n')}>
      {tags.length === 0 && 'entries were cleared'}
      {tags.slice(0, maxTags).map((tag) => (
        <code key={tag}>{tag}</code>
      ))}
      {more > 0 && `and ${more} more`}
    </span>
  );
}
