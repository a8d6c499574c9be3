import DataLoader from 'dataloader';
import { inOrder } from '../batch.ts';
import type { LoaderSource } from '../loaders.ts';
import { type CalendarNoteRecord, notesByIds } from './repository.ts';

export function createCalendarLoaders({ queries, scope }: LoaderSource) {
  return {
    note: new DataLoader<string, CalendarNoteRecord | null>(async (ids) =>
      inOrder(ids, await notesByIds(queries, scope, ids), (note) => note.id),
    ),
  };
}
