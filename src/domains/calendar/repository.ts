import { sql } from 'kysely';
import type { Queries } from '../../database/database.ts';
import type { CalendarNotesTable } from '../../database/tables/posts.ts';
import { grouped } from '../batch.ts';
import { anyOf, isReference } from '../conditions.ts';
import { addDays, type DateRange, daysBetween } from '../date-range.ts';
import { badInput } from '../errors.ts';
import { idsOf } from '../ids.ts';
import { type PostRecord, postColumns } from '../posts/repository.ts';
import { isSeenNear, onAccounts, seenCalendarAt, visiblePosts } from '../posts/visibility.ts';
import type { Scope } from '../scope.ts';
import { localDay } from '../time-zones/days.ts';

export type CalendarNoteRecord = Pick<CalendarNotesTable, 'id' | 'date' | 'text' | 'authorId'>;

/** A post or a note; the prefix of its id names the type. */
export type CalendarEntryRecord = PostRecord | CalendarNoteRecord;

export interface CalendarDayRecord {
  readonly date: string;
  readonly entryCount: number;
  readonly entries: readonly CalendarEntryRecord[];
}

export interface CalendarRecord {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly days: readonly CalendarDayRecord[];
}

/** The condition on posts; null means no condition, and an empty list matches nothing. */
export interface CalendarFilter {
  readonly accountIds: readonly string[] | null;
  /** Null matches posts without a campaign; absent means no condition. */
  readonly campaignId?: string | null;
}

const maxDays = 100;
export const maxEntriesPerDay = 50;

const noteColumns = ['id', 'date', 'text', 'authorId'] as const;

/** All days of a range, including those without entries. */
export async function findCalendar(
  queries: Queries,
  scope: Scope,
  { range: { from, to }, filter }: { range: DateRange; filter: CalendarFilter },
): Promise<CalendarRecord> {
  const length = daysBetween(from, to) + 1;
  if (length > maxDays) throw badInput(`range: expected at most ${maxDays} days, but got ${length}.`);
  const dates = Array.from({ length }, (_, index) => addDays(from, index));
  const entries = grouped(dates, await entriesBetween(queries, scope, { from, to, filter }), ({ day }) => day);
  const days = dates.map((date, index) => dayOf(date, entries[index]!));
  return { from, to, timeZone: scope.timeZone, days };
}

export function notesByIds(queries: Queries, scope: Scope, ids: readonly string[]): Promise<CalendarNoteRecord[]> {
  return notesOf(queries, scope)
    .select(noteColumns)
    .where('id', '=', anyOf(idsOf('CalendarNote', ids)))
    .execute();
}

/** Reads and locks a note: other changes of it wait for the end of the transaction. */
export function lockNote(queries: Queries, scope: Scope, id: string): Promise<CalendarNoteRecord | undefined> {
  return notesOf(queries, scope)
    .select(noteColumns)
    .where('id', '=', anyOf(idsOf('CalendarNote', [id])))
    .forNoKeyUpdate()
    .executeTakeFirst();
}

interface PlacedEntry {
  readonly day: string;
  /** Number of entries of the day, including those beyond the limit. */
  readonly entryCount: number;
  readonly entry: CalendarEntryRecord;
}

/** Notes and posts on their days. A post's day is that of its instant in the workspace's time zone. */
async function entriesBetween(
  queries: Queries,
  scope: Scope,
  { from, to, filter: { accountIds, campaignId } }: { from: string; to: string; filter: CalendarFilter },
): Promise<PlacedEntry[]> {
  const dayOfPost = localDay(sql.ref('seen.at'), scope.timeZone, [{ from, to }]);
  const notes = notesOf(queries, scope)
    .select(['id', 'date as day', sql<number>`0`.as('rank'), 'createdAt as at'])
    .where('date', '>=', from)
    .where('date', '<=', to);
  const posts = onAccounts(visiblePosts(queries, scope), scope, accountIds)
    .$if(campaignId !== undefined, (query) => query.where(isReference('Campaign', 'posts.campaign_id', campaignId!)))
    .select(['posts.id', seenCalendarAt(scope).as('at')])
    .where(isSeenNear(scope, { from, to }));
  const rows = await queries
    .with(
      (cte) => cte('seen').materialized(), // so that the instant, which the day's expression repeats, is computed once
      () => posts,
    )
    .with('entries', (db) =>
      notes.unionAll(
        db
          .selectFrom('seen')
          .select(['seen.id', dayOfPost.as('day'), sql<number>`1`.as('rank'), 'seen.at'])
          .where(dayOfPost, '>=', from)
          .where(dayOfPost, '<=', to),
      ),
    )
    .with('placed', (db) =>
      db
        .selectFrom('entries')
        .selectAll()
        .select((eb) => [
          eb.fn
            .agg<number>('row_number')
            .over((over) => over.partitionBy('day').orderBy('rank').orderBy('at').orderBy('id'))
            .as('place'),
          eb.fn
            .countAll<number>()
            .over((over) => over.partitionBy('day'))
            .as('entryCount'),
        ]),
    )
    .selectFrom('placed')
    .leftJoin('posts', 'posts.id', 'placed.id')
    .leftJoin('calendarNotes', 'calendarNotes.id', 'placed.id')
    .select([...postColumns(scope), 'placed.day', 'placed.entryCount'])
    .select(['calendarNotes.id as noteId', 'calendarNotes.text as noteText', 'calendarNotes.authorId as noteAuthorId'])
    .where('placed.place', '<=', maxEntriesPerDay)
    .orderBy('placed.day')
    .orderBy('placed.place')
    .execute();
  return rows.map(({ day, entryCount, noteId, noteText, noteAuthorId, ...post }) => ({
    ...{ day, entryCount },
    entry: noteId === null ? (post as PostRecord) : { id: noteId, date: day, text: noteText!, authorId: noteAuthorId },
  }));
}

function dayOf(date: string, entries: readonly PlacedEntry[]): CalendarDayRecord {
  return { date, entryCount: entries[0]?.entryCount ?? 0, entries: entries.map(({ entry }) => entry) };
}

function notesOf(queries: Queries, { workspaceId }: Scope) {
  return queries.selectFrom('calendarNotes').where('workspaceId', '=', workspaceId);
}
