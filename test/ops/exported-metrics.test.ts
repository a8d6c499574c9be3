import { readFileSync } from 'node:fs';
import { EntryCache } from '@magpie/cache/entries';
import { buildSchema, type GraphQLEnumType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { policies } from '../../src/cache-policies.ts';
import { readTypeDefs } from '../../src/graphql/schema.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { registerFigures } from '../../src/http/register-figures.ts';
import { mergedMetrics } from '../../src/http/worker-metrics.ts';
import { RemoteStatistics } from '../../src/remote/statistics.ts';

const fileOf = (name: string) => readFileSync(new URL(`../../ops/${name}`, import.meta.url), 'utf8');

interface Exported {
  readonly type: string;
  readonly labels: ReadonlySet<string>;
  /** Of the buckets of a histogram. */
  readonly bounds: readonly string[];
  readonly series: number;
}

/** All that `/metrics` tells of one worker, by name. */
const metrics = await readMetrics();

async function readMetrics(): Promise<ReadonlyMap<string, Exported>> {
  const told = createMetrics({ openSubscriptions: () => 0, openSockets: () => 0 });
  const cache = new EntryCache({ policies });
  const remote = new RemoteStatistics();
  registerFigures(told, {
    cache,
    remote: () => remote.snapshot({ state: 'AVAILABLE', writeState: 'AVAILABLE', downForMs: 0 }),
    isBackgroundRunning: () => true,
  });
  told.countRequest({ type: 'query', status: 200, seconds: 0.1 });
  const text = mergedMetrics({ workers: 1, answers: [{ worker: 1, text: await told.text() }] });
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name, type]) => [name!, type!]));
  const found = new Map<string, Exported & { labels: Set<string>; bounds: string[]; series: number }>();
  for (const [, name, labels = ''] of text.matchAll(/^([a-z_]\w*)(?:\{(.*?)\})? \S+$/gm)) {
    const family = name!.replace(/_(bucket|sum|count)$/, '');
    const type = types.get(name!) ?? types.get(family)!;
    const entry = found.get(name!) ?? { type, labels: new Set(), bounds: [], series: 0 };
    const [, bound] = /\ble="(.*?)"/.exec(labels) ?? [];
    if (bound !== undefined) entry.bounds.push(bound);
    for (const [, label] of labels.matchAll(/(\w+)="/g)) entry.labels.add(label!);
    entry.series++;
    found.set(name!, entry);
  }
  return found;
}

/** What tells the series of a plain metric apart; those about workers are of a host. */
const ownLabels = (expression: string) =>
  expression.startsWith('magpie_workers') ? ['instance'] : ['instance', 'worker'];

const dashboard = JSON.parse(fileOf('grafana-dashboard.json')) as {
  panels: { title: string; targets: { expr: string; legendFormat: string }[] }[];
};
const rules = fileOf('alert-rules.yml');
const expressions = [
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ...rules
    .split('- alert: ')
    .slice(1)
    .map((rule) => [rule.split('\n', 1)[0]!, /expr:(?: >-)?([\s\S]*?)\n {8}(?:for|labels):/.exec(rule)![1]!] as const),
];

describe('a query of the Grafana dashboard or the alert rules', () => {
  it.each(expressions)('asks for metrics and labels that exist: %s', async (_, expression) => {
    const names = [...expression.matchAll(/\b((?:magpie|process|nodejs)_\w+)(?:\{(.*?)\})?/g)];
    const isAboutScrapes = /^\s*up\{/.test(expression);
    expect(names.length > 0 || isAboutScrapes).toBe(true);
    const known = new Set([
      'le',
      'instance',
      'worker',
      'job',
      ...names.flatMap(([, name]) => [...(metrics.get(name!)?.labels ?? [])]),
    ]);
    for (const [, name, matchers = ''] of names) {
      expect([name, metrics.has(name!)]).toEqual([name, true]);
      for (const [, label] of matchers.matchAll(/(\w+)(?==~|!=|!~|=)/g))
        expect([name, label, metrics.get(name!)!.labels.has(label!)]).toEqual([name, label, true]);
    }
    for (const [, list] of expression.matchAll(/by \((.*?)\)/g))
      for (const label of list!.split(', ')) expect([label, known.has(label)]).toEqual([label, true]);
  });

  it('names bounds of buckets that there are', async () => {
    for (const [, expression] of expressions)
      for (const [, name, bound] of expression.matchAll(/(\w+)\{le="(.*?)"\}/g))
        expect([name, metrics.get(name!)!.bounds]).toEqual([name, expect.arrayContaining([bound])]);
  });

  it('has a legend that tells its series apart, on the dashboard', () => {
    for (const { title, targets } of dashboard.panels)
      for (const { expr, legendFormat } of targets) {
        const lists = [...expr.matchAll(/\b(?:sum|max|min)(?: by \((.*?)\))? ?\(/g)].map(([, list]) => list ?? '');
        const labels = lists.length > 0 ? lists[0]!.split(', ') : ownLabels(expr);
        for (const label of labels.filter((one) => one !== '' && one !== 'le'))
          expect([title, legendFormat]).toEqual([title, expect.stringContaining(`{{${label}}}`)]);
      }
  });

  it('takes rates of counters alone', async () => {
    for (const [, expression] of expressions)
      for (const [, name] of expression.matchAll(/(?:rate|increase)\((\w+)/g))
        expect([name, metrics.get(name!)!.type]).toEqual([name, expect.stringMatching(/^(counter|histogram)$/)]);
  });
});

describe('the metrics', () => {
  it('of Magpie are all on the dashboard or in a rule', async () => {
    const all = expressions.map(([, expression]) => expression).join('\n');
    const ours = [...metrics.keys()].filter((name) => /^magpie_/.test(name) && !/_(sum|count)$/.test(name));
    expect(ours.length).toBeGreaterThan(20);
    expect(ours.filter((name) => !all.includes(name))).toEqual([]);
  });

  it('have stable names: what counts ends in total, times are in seconds and sizes in bytes', async () => {
    for (const [name, { type }] of metrics) {
      if (!name.startsWith('magpie_')) continue;
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).not.toMatch(/_(ms|milliseconds|kilobytes|mb|percent|ratio)(_|$)/);
    }
  });

  it('have few series, whatever clients do', async () => {
    const series = [...metrics.values()].reduce((sum, one) => sum + one.series, 0);
    expect(series).toBeLessThan(600);
  });
});

describe('each alert', () => {
  const operating = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const schema = buildSchema(readTypeDefs().join('\n'));
  const kinds = (schema.getType('CacheAlertKind') as GraphQLEnumType).getValues();
  it.each([...[...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name!), ...kinds.map(({ name }) => name)])(
    'has a paragraph in docs/operating.md that says what to do: %s',
    (name) => {
      expect(operating).toContain(`**${name}**`);
    },
  );
});
