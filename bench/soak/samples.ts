/** Memory of a process, in MB. */
export interface Sample {
  /** Since the beginning. */
  readonly minute: number;
  readonly heap: number;
  /** Buffers of the main thread. */
  readonly external: number;
  /** What the heap has of the system. */
  readonly heapTotal: number;
  /** Of the whole process, the embedded database's thread included. */
  readonly rss: number;
}

/** As the server tells it. */
export async function sampleOf(metricsUrl: string, minute: number): Promise<Sample> {
  const text = await (await fetch(metricsUrl)).text();
  const megabytes = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]) / 1e6;
  return {
    minute,
    heap: megabytes('nodejs_heap_size_used_bytes'),
    heapTotal: megabytes('nodejs_heap_size_total_bytes'),
    external: megabytes('nodejs_external_memory_bytes'),
    rss: megabytes('process_resident_memory_bytes'),
  };
}

/** MB a minute, by least squares, of what is left at the lowest moment of each minute: between two collections a heap always grows. */
export function slopeOf(samples: readonly Sample[], what: 'heap' | 'rss'): number {
  const lowest = new Map<number, number>();
  for (const sample of samples) {
    const minute = Math.floor(sample.minute);
    lowest.set(minute, Math.min(sample[what], lowest.get(minute) ?? Number.POSITIVE_INFINITY));
  }
  const points = [...lowest];
  const mean = (of: (point: [minute: number, value: number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [minute, value] = [mean(([at]) => at), mean(([, bytes]) => bytes)];
  return mean(([at, bytes]) => (at - minute) * (bytes - value)) / mean(([at]) => (at - minute) ** 2);
}
