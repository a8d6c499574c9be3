import { minuteMs } from './stage.ts';

/** The instant at which the clocks of a time zone show a minute of a day; where they skip it, one close by. */
export function atWallClock(timeZone: string, day: string, minutes: number): number {
  const shown = Date.parse(day) + minutes * minuteMs;
  const guess = shown - offsetMs(timeZone, shown);
  return shown - offsetMs(timeZone, guess);
}

/** Minutes since midnight on the clocks of a time zone. */
export function minutesOfDay(timeZone: string, instantMs: number): number {
  const shown = new Date(instantMs + offsetMs(timeZone, instantMs));
  return shown.getUTCHours() * 60 + shown.getUTCMinutes();
}

/** How far the zone's clocks are ahead of UTC. */
function offsetMs(timeZone: string, instantMs: number): number {
  const fields = new Map(
    formatter(timeZone)
      .formatToParts(instantMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const field = (name: Intl.DateTimeFormatPartTypes) => fields.get(name)!;
  const shown = Date.UTC(field('year'), field('month') - 1, field('day'), field('hour'), field('minute'));
  return shown - Math.floor(instantMs / minuteMs) * minuteMs;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  let found = formatters.get(timeZone);
  if (!found) {
    const [year, month, day, hour, minute] = Array<'numeric'>(5).fill('numeric');
    found = new Intl.DateTimeFormat('en', { timeZone, hourCycle: 'h23', year, month, day, hour, minute });
    formatters.set(timeZone, found);
  }
  return found;
}
