import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loader-source.ts';
import { type CalendarNoteRecord, notesByIds } from './repository.ts';

export function createCalendarLoaders({ queries, scope, loader }: LoaderSource) {
  return {
    note: loader<string, CalendarNoteRecord | null>(async (ids) =>
      inOrder(ids, await notesByIds(queries, scope, ids), (note) => note.id),
    ),
  };
}
