import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { DurationHistogram } from './duration-histogram.ts';
import { mergedMetrics, type WorkerMetrics } from './worker-metrics.ts';

/** The metrics of the server, served at /metrics. Other modules register their own in `registry`. */
export interface Metrics {
  readonly registry: Registry;
  /** All metrics in Prometheus' text format: those of every worker, where there are several. */
  text(): Promise<string>;
  /** Adds a metric that is no metric of prom-client, as its text in Prometheus' format. */
  addText(text: () => string): void;
  /** The metrics of this process. */
  ownText(): Promise<string>;
  countRequest(request: { type: string; status: number; seconds: number }): void;
  /** Counts a query that the hot path served, also as a request. */
  countHotResponse(seconds: number): void;
  readonly hotResponses: number;
}

export function createMetrics({ openSubscriptions, openSockets, scrapeWorkers }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const durations = new DurationHistogram({
    name: 'magpie_request_duration_seconds',
    help: 'Time until a response began.',
    label: 'type',
  });
  const requests = new Map<string, RequestSeries>();
  const requestsOf = (type: string, status: number) => {
    const name = `${type} ${status}`;
    const known = requests.get(name) ?? { type, status, count: 0, durations: durations.series(type) };
    requests.set(name, known);
    return known;
  };
  new Counter({
    name: 'magpie_requests_total',
    help: 'Requests served.',
    labelNames: ['type', 'status'],
    registers,
    collect() {
      this.reset();
      for (const { type, status, count } of requests.values()) this.inc({ type, status }, count);
    },
  });
  let hotResponses = 0;
  new Counter({
    name: 'magpie_hot_answers_total',
    help: 'Queries served from remembered responses, without the pipeline.',
    registers,
    collect() {
      this.reset();
      this.inc(hotResponses);
    },
  });
  new Gauge({
    name: 'magpie_subscriptions_open',
    help: 'Subscriptions open now.',
    registers,
    collect() {
      this.set(openSubscriptions());
    },
  });
  new Gauge({
    name: 'magpie_sockets_open',
    help: 'WebSockets open now.',
    registers,
    collect() {
      this.set(openSockets());
    },
  });
  const hotRequests = requestsOf('query', 200);
  const texts = [() => durations.text()];
  const ownText = async () => [await registry.metrics(), ...texts.map((text) => text())].join('\n');
  return {
    registry,
    addText: (text) => void texts.push(text),
    ownText,
    text: scrapeWorkers ? async () => mergedMetrics(await scrapeWorkers()) : ownText,
    countRequest({ type, status, seconds }) {
      const series = requestsOf(type, status);
      series.count++;
      series.durations.observe(seconds);
    },
    countHotResponse(seconds) {
      hotResponses++;
      hotRequests.count++;
      hotRequests.durations.observe(seconds);
    },
    get hotResponses() {
      return hotResponses;
    },
  };
}

interface MetricsOptions {
  readonly openSubscriptions: () => number;
  readonly openSockets: () => number;
  /** Asks all workers for their metrics; absent with one process. */
  readonly scrapeWorkers?: (() => Promise<WorkerMetrics>) | undefined;
}

interface RequestSeries {
  readonly type: string;
  readonly status: number;
  count: number;
  readonly durations: { observe(seconds: number): void };
}
