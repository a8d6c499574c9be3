import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { DurationHistogram } from './duration-histogram.ts';

/** What /metrics tells. Others may register figures of their own. */
export interface Metrics {
  readonly registry: Registry;
  /** All figures, in Prometheus' text format. */
  text(): Promise<string>;
  countRequest(request: { type: string; status: number; seconds: number }): void;
  /** A query that was answered by the hot path; it counts as a request too. */
  countHotResponse(seconds: number): void;
  readonly hotResponses: number;
}

export function createMetrics({ openSubscriptions, openSockets }: Open): Metrics {
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
    help: 'Requests answered.',
    labelNames: ['type', 'status'],
    registers,
    collect() {
      this.reset();
      for (const { type, status, count } of requests.values()) this.inc({ type, status }, count);
    },
  });
  let hotAnswers = 0;
  new Counter({
    name: 'magpie_hot_answers_total',
    help: 'Queries answered again as remembered, without the pipeline.',
    registers,
    collect() {
      this.reset();
      this.inc(hotAnswers);
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
  return {
    registry,
    text: async () => `${await registry.metrics()}\n${durations.text()}`,
    countRequest({ type, status, seconds }) {
      const series = requestsOf(type, status);
      series.count++;
      series.durations.observe(seconds);
    },
    countHotResponse(seconds) {
      hotAnswers++;
      hotRequests.count++;
      hotRequests.durations.observe(seconds);
    },
    get hotResponses() {
      return hotAnswers;
    },
  };
}

interface Open {
  readonly openSubscriptions: () => number;
  readonly openSockets: () => number;
}

interface RequestSeries {
  readonly type: string;
  readonly status: number;
  count: number;
  readonly durations: { observe(seconds: number): void };
}
