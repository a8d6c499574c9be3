import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What /metrics tells, in Prometheus' text format. Others may register their own figures. */
export interface Metrics {
  readonly registry: Registry;
  countRequest(request: { type: string; status: number; seconds: number }): void;
  /** A query that was answered by the hot path; it counts as a request too. */
  countHotAnswer(seconds: number): void;
  readonly hotAnswers: number;
}

export function createMetrics({ openSubscriptions }: { openSubscriptions: () => number }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const labelNames = ['type', 'status'] as const;
  const requests = new Counter({ name: 'magpie_requests_total', help: 'Requests answered.', labelNames, registers });
  const durations = new Histogram({
    name: 'magpie_request_duration_seconds',
    help: 'Time until a response began.',
    labelNames: ['type'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  new Gauge({
    name: 'magpie_subscriptions_open',
    help: 'Subscriptions open now.',
    registers,
    collect() {
      this.set(openSubscriptions());
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
  const children = new Map<string, { requests: { inc(): void }; durations: { observe(seconds: number): void } }>();
  const metrics: Metrics = {
    registry,
    countRequest({ type, status, seconds }) {
      const name = `${type} ${status}`;
      let child = children.get(name);
      if (!child) {
        child = { requests: requests.labels({ type, status }), durations: durations.labels({ type }) };
        children.set(name, child);
      }
      child.requests.inc();
      child.durations.observe(seconds);
    },
    countHotAnswer(seconds) {
      hotAnswers++;
      metrics.countRequest({ type: 'query', status: 200, seconds });
    },
    get hotAnswers() {
      return hotAnswers;
    },
  };
  return metrics;
}
