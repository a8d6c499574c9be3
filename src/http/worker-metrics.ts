/** The metrics of several workers, each in Prometheus' text format. */
export interface WorkerMetrics {
  /** How many workers there should be. */
  readonly workers: number;
  readonly answers: readonly { readonly worker: number; readonly text: string }[];
}

/**
 * One text of all workers' metrics, whose series have the label `worker`, and how many workers are in it. The samples of a metric
 * stand together, beneath its one help and type, as the format wants it.
 */
export function mergedMetrics({ workers, answers }: WorkerMetrics): string {
  const samples = new Map<string, string[]>(); // by help and type
  for (const { worker, text } of answers)
    for (const metric of text.split(/^(?=# HELP )/m)) {
      const [help, type, ...own] = metric.split('\n').filter((line) => line !== '');
      const head = `${help}\n${type}`;
      const lines = samples.get(head) ?? [];
      samples.set(head, lines);
      lines.push(...own.map((sample) => withWorker(sample, worker)));
    }
  const metrics = [...samples].map(([head, lines]) => [head, ...lines].join('\n'));
  return `${[
    ...metrics,
    gauge('magpie_workers', 'How many workers there should be.', workers),
    gauge('magpie_workers_answered', 'Workers whose metrics these are.', answers.length),
  ].join('\n\n')}\n`;
}

function withWorker(sample: string, worker: number): string {
  return sample.replace(/^(\w+)(\{?)/, (_, name, brace) => `${name}{worker="${worker}"${brace === '' ? '}' : ','}`);
}

function gauge(name: string, help: string, value: number): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}`;
}
