import { type Bucket, overall } from '../figures/buckets.ts';
import { hitRatioOf, lookupsOf, missesOf, type Step } from '../figures/figures.ts';
import { bytes, count, counted, duration, percent, perSecond, type Quantity, textOf } from '../figures/format.ts';
import { latest } from '../figures/steps.ts';
import { Track } from './rail.tsx';

interface KeyFiguresProps {
  readonly buckets: readonly Bucket[];
  /** The last seconds. */
  readonly recent: readonly Step[];
  /** The time that is shown, as in `the last hour`. */
  readonly words: string;
  readonly room: { entries: number; maxEntries: number; bytes: number; maxBytes: number } | undefined;
}

/** What one looks at first: over the time that is shown, but for the room in use, which is now. */
export function KeyFigures({ buckets, recent, words, room }: KeyFiguresProps) {
  const all = overall(buckets);
  const figures = all?.figures;
  const rate = (value: number | undefined) => perSecond(all && value !== undefined ? value / all.seconds : undefined);
  const now = overall(latest(recent, 10));
  const nowRate = (value: number | undefined) =>
    textOf(perSecond(now && value !== undefined ? value / now.seconds : undefined));
  const coalesced = figures && missesOf(figures) - figures.loads;
  return (
    <dl class="figures" aria-label={`Figures of ${words}`}>
      <Figure name="Hit ratio" value={percent(figures && hitRatioOf(figures))}>
        {figures ? counted(figures.hits, 'hit') : ''}
      </Figure>
      <Figure name="Lookups" value={rate(figures && lookupsOf(figures))}>
        {nowRate(now && lookupsOf(now.figures))} now
      </Figure>
      <Figure name="Loads" value={rate(figures && figures.loads + figures.refreshes)}>
        {coalesced === undefined ? '' : `${counted(Math.max(0, coalesced), 'miss', 'misses')} coalesced`}
      </Figure>
      <Figure name="Load time saved" value={duration(figures?.savedMs)}>
        by {figures ? counted(figures.hits, 'hit') : '– hits'}
      </Figure>
      <Figure name="Evictions" value={rate(figures?.evictions)}>
        {figures ? `${textOf(count(figures.evictions))} in all` : ''}
      </Figure>
      <Figure name="Failed loads" value={figures ? count(figures.failures) : percent(null)}>
        {figures ? counted(figures.staleHits, 'stale hit') : ''}
      </Figure>
      <Room name="Entries" used={room?.entries} max={room?.maxEntries} format={count} />
      <Room name="Memory" used={room?.bytes} max={room?.maxBytes} format={bytes} />
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: Quantity;
  readonly children: preact.ComponentChildren;
}

function Figure({ name, value: { figure, unit }, children }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="value">
        {figure}
        {unit && <small>{unit}</small>}
      </dd>
      <dd class="more">{children}</dd>
    </div>
  );
}

interface RoomProps {
  readonly name: string;
  readonly used: number | undefined;
  readonly max: number | undefined;
  format(value: number): Quantity;
}

function Room({ name, used, max, format }: RoomProps) {
  const share = used !== undefined && max ? used / max : 0;
  return (
    <div>
      <dt>{name}</dt>
      <dd class="value">
        {used === undefined ? '–' : format(used).figure}
        {used !== undefined && format(used).unit && <small>{format(used).unit}</small>}
      </dd>
      <dd class="more">
        <Track share={share} isFull={share >= 0.95} />
        {textOf(percent(share))} of {max === undefined ? '–' : textOf(format(max))}
      </dd>
    </div>
  );
}
