import type { Resolvers } from '../../generated/schema.ts';
import { everyAccount } from '../changes.ts';
import { anyOf } from '../conditions.ts';
import { daysOf } from '../date-range.ts';
import { notFound, Refusal } from '../errors.ts';
import { idsOf, newId, typeOfId } from '../ids.ts';
import { mutation } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { type CalendarEntryRecord, findCalendar, lockNote, maxEntriesPerDay, notesByIds } from './repository.ts';

const maxNoteLength = 1_000;

export const calendarResolvers: Resolvers = {
  Query: {
    calendar: (_, { range, filter }, { queries, viewer }) => {
      const { accountIds = null, campaignId } = filter ?? {};
      return findCalendar(queries, viewer, { range: daysOf(range), filter: { accountIds, campaignId } });
    },
  },

  CalendarDay: {
    entries: ({ entries }, { first }) => entries.slice(0, first ?? maxEntriesPerDay),
  },

  CalendarEntry: {
    __resolveType: ({ id }: CalendarEntryRecord) => (typeOfId(id) === 'CalendarNote' ? 'CalendarNote' : 'Post'),
  },

  CalendarNote: {
    author: ({ authorId }, _, { loaders }) => (authorId === null ? null : loaders.viewer.user.load(authorId)),
  },

  Mutation: {
    createCalendarNote: mutation(async (input, { queries, viewer, changes, now }) => {
      const { date, text } = input;
      checkText(text);
      const id = newId('CalendarNote');
      await queries
        .insertInto('calendarNotes')
        .values({
          ...{ id, workspaceId: viewer.workspaceId, date, text },
          ...{ authorId: viewer.userId, createdAt: now.toISOString() },
        })
        .execute();
      changes.add('CalendarMonth', monthOf(date));
      changes.reach([everyAccount]);
      const [calendarNote] = await notesByIds(queries, viewer, [id]);
      return { calendarNote };
    }),

    updateCalendarNote: mutation(async ({ id, date, text }, { queries, viewer, changes }) => {
      if (text != null) checkText(text);
      const before = await lockNote(queries, viewer, id);
      if (!before) throw new Refusal([notFound('id', 'CalendarNote', id)]);
      const after = { ...before, date: date ?? before.date, text: text ?? before.text };
      await queries
        .updateTable('calendarNotes')
        .set({ date: after.date, text: after.text })
        .where('workspaceId', '=', viewer.workspaceId)
        .where('id', '=', id)
        .execute();
      changes.add('CalendarMonth', monthOf(before.date), monthOf(after.date));
      changes.reach([everyAccount]);
      return { calendarNote: after };
    }),

    deleteCalendarNote: mutation(async ({ id }, { queries, viewer, changes }) => {
      const note = await queries
        .deleteFrom('calendarNotes')
        .where('workspaceId', '=', viewer.workspaceId)
        .where('id', '=', anyOf(idsOf('CalendarNote', [id])))
        .returning('date')
        .executeTakeFirst();
      if (!note) throw new Refusal([notFound('id', 'CalendarNote', id)]);
      changes.add('CalendarMonth', monthOf(note.date));
      changes.reach([everyAccount]);
      return { deletedId: id };
    }),
  },
};

function checkText(text: string): void {
  const problems = new Problems();
  problems.presentText('text', text, maxNoteLength);
  problems.settle();
}

const monthOf = (date: string) => date.slice(0, 7);
