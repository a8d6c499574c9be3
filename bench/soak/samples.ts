/** Memory of a process, in MB. */
export interface Sample {
  /** Since the beginning. */
  readonly minute: number;
  readonly heap: number;
  /** Buffers of the main thread. */
  readonly external: number;
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
    external: megabytes('nodejs_external_memory_bytes'),
    rss: megabytes('process_resident_memory_bytes'),
  };
}

/** MB a minute, by least squares. */
export function slopeOf(samples: readonly Sample[], what: 'heap' | 'rss'): number {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [minute, value] = [mean((one) => one.minute), mean((one) => one[what])];
  const covariance = mean((one) => (one.minute - minute) * (one[what] - value));
  return covariance / mean((one) => (one.minute - minute) ** 2);
}
