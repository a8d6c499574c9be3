import { offsetMsAt } from '../time-zones/rules.ts';
import { minuteMs } from './stage.ts';

/** The instant at which the clocks of a time zone show a minute of a day; where they skip it, one close by. */
export function atWallClock(timeZone: string, day: string, minutes: number): number {
  const shown = Date.parse(day) + minutes * minuteMs;
  const guess = shown - offsetMsAt(timeZone, shown);
  return shown - offsetMsAt(timeZone, guess);
}

/** Minutes since midnight on the clocks of a time zone. */
export function minutesOfDay(timeZone: string, instantMs: number): number {
  const shown = new Date(instantMs + offsetMsAt(timeZone, instantMs));
  return shown.getUTCHours() * 60 + shown.getUTCMinutes();
}
