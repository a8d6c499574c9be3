import { Counter, Gauge, type Registry } from 'prom-client';
import type { RemoteSnapshot } from '../remote/statistics.ts';

/** Registers the metrics of the remote tier. They are read from its snapshot at each scrape. */
export function registerRemoteFigures({ registry }: { registry: Registry }, snapshot: () => RemoteSnapshot): void {
  const registers = [registry];
  new Gauge({
    ...{ name: 'magpie_remote_cache_up', help: 'Whether the remote tier is read from and written to.', registers },
    labelNames: ['calls'],
    collect() {
      const { state, writeState } = snapshot();
      this.set({ calls: 'read' }, state === 'AVAILABLE' ? 1 : 0);
      this.set({ calls: 'write' }, writeState === 'AVAILABLE' ? 1 : 0);
    },
  });
  new Counter({
    ...{ name: 'magpie_remote_cache_reads_total', help: 'Reads of the remote tier by result.', registers },
    labelNames: ['result'],
    collect() {
      this.reset();
      const { hits, misses, refused } = snapshot();
      for (const [result, count] of Object.entries({ hit: hits, miss: misses, ...refused }))
        this.inc({ result }, count);
    },
  });
  new Counter({
    ...{ name: 'magpie_remote_cache_values_total', help: 'Loaded values by what became of them.', registers },
    labelNames: ['result'],
    collect() {
      this.reset();
      const { writes, omitted } = snapshot();
      for (const [result, count] of Object.entries({ written: writes, ...omitted })) this.inc({ result }, count);
    },
  });
  new Counter({
    ...{ name: 'magpie_remote_cache_failures_total', help: 'Calls that failed, or took too long.', registers },
    labelNames: ['kind'],
    collect() {
      this.reset();
      const { errors, timeouts } = snapshot();
      this.inc({ kind: 'error' }, errors);
      this.inc({ kind: 'timeout' }, timeouts);
    },
  });
  new Counter({
    ...{ name: 'magpie_remote_cache_bytes_total', help: 'Bytes of values, read and written.', registers },
    labelNames: ['calls'],
    collect() {
      this.reset();
      const { bytesRead, bytesWritten } = snapshot();
      this.inc({ calls: 'read' }, bytesRead);
      this.inc({ calls: 'write' }, bytesWritten);
    },
  });
}
