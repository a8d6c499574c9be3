import type { NodeFinders } from '../node-finder.ts';
import { createCalendarLoaders } from './loaders.ts';
import { calendarResolvers } from './resolvers.ts';

declare module '../loaders.ts' {
  interface Loaders {
    readonly calendar: ReturnType<typeof createCalendarLoaders>;
  }
}

const nodes: NodeFinders = {
  CalendarNote: (id, { loaders }) => loaders.calendar.note.load(id),
};

export const calendar = { resolvers: calendarResolvers, loaders: createCalendarLoaders, nodes };
