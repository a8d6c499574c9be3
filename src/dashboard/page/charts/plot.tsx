import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { aloneIn } from './alone.ts';
import { colours } from './colours.ts';

export interface Line {
  readonly label: string;
  /** A custom property of the style sheet, as `--blue`. */
  readonly colour: string;
  readonly form: 'line' | 'area' | 'bars' | 'steps';
  /** Apart from colour, by which some cannot tell lines apart. */
  readonly dash?: number[];
  /** One for each x. `null` is a gap, `undefined` is passed over. */
  readonly values: readonly (number | null | undefined)[];
}

export interface PlotProps {
  readonly x: readonly number[];
  readonly lines: readonly Line[];
  readonly isTime: boolean;
  /** Bounds of the y axis; by the values when absent. */
  readonly yRange?: readonly [number, number];
  readonly height: number;
  /** A value of x with a line of its own. */
  readonly mark?: { readonly x: number; readonly label: string };
  formatX?(x: number): string;
  formatY(y: number): string;
  /** The chart in words, for those who do not see it. */
  readonly words: string;
  /** Called with the place that is pointed at, by the pointer or by keys; null when none is. */
  onPoint(index: number | null): void;
}

/** A chart on a canvas. Only its own cursor knows the place that is pointed at: what else shows it follows `onPoint`. */
export function Plot(props: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { x, lines } = props;
  const shape = JSON.stringify([lines.map(({ label, form }) => [label, form]), props.yRange, props.height]);

  // A plot is made anew when its shape changes
  useEffect(() => {
    const element = frame.current!;
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(latest, element), alignedData(latest.current), element);
      latest.current.onPoint(null);
    };
    make();
    const sizes = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: latest.current.height }),
    );
    sizes.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', make);
    return () => {
      scheme.removeEventListener('change', make);
      sizes.disconnect();
      plot.current?.destroy();
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(alignedData({ x, lines })), [x, lines]);

  const point = (place: number | null) => {
    const left = place === null ? -10 : plot.current!.valToPos(x[place]!, 'x');
    plot.current!.setCursor({ left, top: place === null ? -10 : 0 });
  };
  return (
    <div
      class="plot"
      ref={frame}
      role="img"
      aria-label={props.words}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move the place that is pointed at
      tabIndex={0}
      onKeyDown={(event) => {
        const next = placeAfter(event.key, { at: plot.current!.cursor.idx ?? null, last: x.length - 1 });
        if (next === undefined) return;
        event.preventDefault();
        point(next);
      }}
      onBlur={() => point(null)}
    />
  );
}

/** Where a key leads from a place; undefined for keys that lead nowhere. */
function placeAfter(key: string, { at, last }: { at: number | null; last: number }): number | null | undefined {
  if (last < 0) return undefined;
  if (key === 'ArrowLeft') return at === null ? last : Math.max(0, at - 1);
  if (key === 'ArrowRight') return at === null ? 0 : Math.min(last, at + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return last;
  return key === 'Escape' ? null : undefined;
}

function alignedData({ x, lines }: Pick<PlotProps, 'x' | 'lines'>): uPlot.AlignedData {
  return [[...x], ...lines.map(({ values }) => [...values])];
}

function optionsOf(latest: { current: PlotProps }, element: HTMLElement): uPlot.Options {
  const { lines, isTime, yRange, height, formatX } = latest.current;
  const colour = colours(element);
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const axis = { font, stroke: colour('--soft'), ticks: { show: false } };
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    padding: [8, isTime ? 16 : 40, 0, 0], // half a label fits to the right of the last time or size
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false }, sync: isTime ? { key: 'time' } : undefined },
    scales: {
      x: { time: isTime, range: isTime ? withFirstBar : undefined },
      y: { range: yRange ? [...yRange] : (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...{ ...axis, size: 28, gap: 8, space: 70, grid: { show: false } }, // clear of the label of zero
        values: (_, ticks) => ticks.map((tick) => (isTime ? timeTick(tick, ticks) : formatX!(tick))),
      },
      {
        ...{ ...axis, size: 52, gap: 6, space: 34, grid: { stroke: colour('--hairline'), width: 1 } },
        values: (_, ticks) => ticks.map((tick) => latest.current.formatY(tick)),
      },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, colour))],
    hooks: {
      setCursor: [({ cursor: { idx } }) => latest.current.onPoint(idx ?? null)],
      draw: [(self) => drawMark(self, latest.current.mark, colour)],
    },
  };
}

/** A bar ends at its x, so the first one begins before the first x. */
function withFirstBar({ data: [x] }: uPlot, min: number, max: number): [number, number] {
  return x.length > 1 ? [min - (x[1]! - x[0]!), max] : [min, max];
}

const shortTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const longTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

function timeTick(seconds: number, ticks: readonly number[]): string {
  const isFine = ticks.length > 1 && ticks[1]! - ticks[0]! < 60;
  return (isFine ? longTime : shortTime).format(seconds * 1000);
}

function seriesOf({ label, colour: name, form, dash }: Line, colour: (name: string) => string): uPlot.Series {
  const stroke = colour(name);
  const isFilled = form === 'bars' || form === 'steps';
  return {
    label,
    stroke,
    width: isFilled ? 0 : 1.75,
    dash,
    fill: isFilled ? stroke : form === 'area' ? colour(`${name}-wash`) : undefined,
    points: isFilled ? { show: false } : { size: 4, space: 24, fill: stroke, filter: whereNoLineIs },
    paths:
      form === 'bars'
        ? uPlot.paths.bars!({ size: [0.8, 40], align: -1 })
        : form === 'steps'
          ? uPlot.paths.stepped!({ align: -1 })
          : undefined,
  };
}

/** All points where there is room for them, else only those that no line leads to. */
function whereNoLineIs({ data }: uPlot, series: number, isRoomy: boolean): number[] | null {
  return isRoomy ? null : aloneIn(data[series]!);
}

function drawMark({ ctx, bbox, valToPos }: uPlot, mark: PlotProps['mark'], colour: (name: string) => string): void {
  if (!mark) return;
  const left = Math.round(valToPos(mark.x, 'x', true));
  ctx.save();
  ctx.strokeStyle = colour('--ink');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(left, bbox.top);
  ctx.lineTo(left, bbox.top + bbox.height);
  ctx.stroke();
  ctx.fillStyle = colour('--ink');
  const isRight = left > bbox.left + bbox.width / 2;
  ctx.textAlign = isRight ? 'right' : 'left';
  ctx.textBaseline = 'bottom';
  ctx.fillText(mark.label, left + (isRight ? -6 : 6) * devicePixelRatio, bbox.top + bbox.height - 6);
  ctx.restore();
}
