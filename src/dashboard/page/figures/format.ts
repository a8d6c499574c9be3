const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** A figure and its unit, which are set in different weights. */
export interface Quantity {
  readonly figure: string;
  readonly unit: string;
}

/** What is shown where there is no figure. */
export const none: Quantity = { figure: '–', unit: '' };

export function textOf({ figure, unit }: Quantity): string {
  return unit ? `${figure}\u202f${unit}` : figure;
}

export function count(value: number): Quantity {
  return { figure: whole.format(value), unit: '' };
}

/** A count with what is counted, as in `1 hit` and `2 hits`; with a word of its own for several, as in `entries`. */
export function counted(value: number, one: string, several = `${one}s`): string {
  return `${textOf(count(value))} ${value === 1 ? one : several}`;
}

export function percent(ratio: number | null | undefined): Quantity {
  return ratio == null ? none : { figure: tenths.format(ratio * 100), unit: '%' };
}

/** The difference of two ratios, with its sign. */
export function points(difference: number): Quantity {
  const sign = difference < 0 ? '−' : '+';
  return { figure: `${sign}${tenths.format(Math.abs(difference) * 100)}`, unit: 'points' };
}

export function perSecond(rate: number | null | undefined): Quantity {
  return rate == null ? none : { figure: rate >= 100 ? whole.format(rate) : digits.format(rate), unit: '/s' };
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB'];

export function bytes(value: number | null | undefined): Quantity {
  if (value == null) return none;
  const power = value < 1024 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log2(value) / 10));
  return { figure: digits.format(value / 1024 ** power), unit: byteUnits[power]! };
}

/** Milliseconds, in the unit that suits them. */
export function duration(ms: number | null | undefined): Quantity {
  if (ms == null) return none;
  if (ms > 0 && ms < 1) return { figure: digits.format(ms * 1000), unit: 'µs' };
  if (ms < 1000) return { figure: digits.format(ms), unit: 'ms' };
  if (ms < 120_000) return { figure: digits.format(ms / 1000), unit: 's' };
  if (ms < 7_200_000) return { figure: digits.format(ms / 60_000), unit: 'min' };
  if (ms < 172_800_000) return { figure: digits.format(ms / 3_600_000), unit: 'h' };
  return { figure: digits.format(ms / 86_400_000), unit: 'd' };
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const dayAndClock = new Intl.DateTimeFormat('en-GB', {
  ...({ day: 'numeric', month: 'short' } as const),
  ...({ hour: '2-digit', minute: '2-digit', second: '2-digit' } as const),
});

/** The time of day, as in `14:03:27`; with the date, as in `30 Nov, 14:03:27`, if that is not the one of `nowMs`. */
export function moment(ms: number, nowMs = Date.now()): string {
  return (day.format(ms) === day.format(nowMs) ? clock : dayAndClock).format(ms);
}

/** `TEMPLATES` as people read it. */
export function placeName(place: string): string {
  if (place === 'ALL') return 'All categories';
  return place === 'AI' ? 'AI' : place[0] + place.slice(1).toLowerCase();
}
