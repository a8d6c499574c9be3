import { offsetMsAt } from '../time-zones/rules.ts';
import { minuteMs } from './stage.ts';

/** The instant of a local time in a time zone; if the zone skips that time, an instant close to it. */
export function atWallClock(timeZone: string, day: string, minutes: number): number {
  const shown = Date.parse(day) + minutes * minuteMs;
  const guess = shown - offsetMsAt(timeZone, shown);
  return shown - offsetMsAt(timeZone, guess);
}

/** Minutes since local midnight in a time zone. */
export function minutesOfDay(timeZone: string, instantMs: number): number {
  const shown = new Date(instantMs + offsetMsAt(timeZone, instantMs));
  return shown.getUTCHours() * 60 + shown.getUTCMinutes();
}
