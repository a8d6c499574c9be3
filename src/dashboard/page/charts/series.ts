import type { Bucket } from '../figures/buckets.ts';
import type { Figures } from '../figures/figures.ts';
import type { Reading } from './chart.tsx';

/** The end of each bucket in seconds, as a plot's time is. */
export function times(buckets: readonly Bucket[]): number[] {
  return buckets.map(({ atMs }) => atMs / 1000);
}

/** A figure of each bucket; null where nothing is known. */
export function each<T>(buckets: readonly Bucket[], read: (figures: Figures) => T): (T | null)[] {
  return buckets.map(({ figures }) => (figures ? read(figures) : null));
}

/** A count of each bucket for each second. */
export function rates(buckets: readonly Bucket[], read: (figures: Figures) => number): (number | null)[] {
  return buckets.map(({ figures, seconds }) => (figures && seconds > 0 ? read(figures) / seconds : null));
}

/** Lines that are stacked on each other, the last at the bottom: each is drawn as the sum with those beneath, and told alone. */
export function stacked(layers: readonly Reading[]): Reading[] {
  return layers.map((layer, index) => {
    const beneath = layers.slice(index);
    const values = layer.values.map((value, at) =>
      value == null ? value : beneath.reduce((sum, { values: one }) => sum + (one[at] ?? 0), 0),
    );
    return { ...layer, values, shown: layer.values };
  });
}

/** The largest value that is known. */
export function largest(values: readonly (number | null | undefined)[]): number | undefined {
  const known = values.filter((value) => value != null);
  return known.length > 0 ? Math.max(...known) : undefined;
}
