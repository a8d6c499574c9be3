import { Gauge, type Registry } from 'prom-client';

/** Registers a metric: whether the background work runs, in this process or in another one of this machine. */
export function registerBackgroundFigure({ registry }: { registry: Registry }, isRunning: () => boolean): void {
  new Gauge({
    name: 'magpie_background_work_running',
    help: 'Whether publishing and the other background work runs: 1 or 0.',
    registers: [registry],
    collect() {
      this.set(isRunning() ? 1 : 0);
    },
  });
}
