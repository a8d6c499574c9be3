import type { JoinedResult } from '@magpie/graphql-cache/parts';
import { type ExecutionResult, execute, parse, subscribe, validate } from 'graphql';
import { policies } from '../../src/cache-policies.ts';
import type { Ports } from '../../src/domains/context.ts';
import type { ProductLimits } from '../../src/domains/product-limits.ts';
import type { Viewer } from '../../src/domains/scope.ts';
import { createGraphqlEngine } from '../../src/graphql/engine.ts';
import type { EngineOptions } from '../../src/graphql/engine-interface.ts';
import { ManualTime } from '../setup/manual-time.ts';
import { ada } from './nest.ts';
import { createWire, type Statement } from './wire.ts';

/** Rows by the table that a statement reads first, as a server would send them. */
export type Tables = Record<string, (statement: Statement) => readonly object[] | Promise<readonly object[]>>;

/** A viewer's token and what the database knows of it. */
export function tokenRow(viewer: Viewer, expiresAt: string | null = null): object {
  return {
    ...{ id: viewer.tokenId, workspace_id: viewer.workspaceId, user_id: viewer.userId, maker_id: viewer.makerId },
    ...{ own_role: null, own_account_ids: null, role: viewer.role },
    ...{ account_ids: viewer.accountIds, expires_at: expiresAt },
    ...{ time_zone: viewer.timeZone, week_starts_on: viewer.weekStartsOn },
  };
}

/** The product's own engine over a database of the test's, under clocks that stand still until told. */
export function createProduct(tables: Tables = {}, options: Partial<EngineOptions> = {}) {
  const time = new ManualTime();
  let wallMs = Date.parse('2026-11-22T12:00:00Z');
  const { queries, statements } = createWire((statement) => {
    const [, table = ''] = /(?:from|into|update) "(\w+)"/.exec(statement.sql) ?? [];
    return tables[table]?.(statement) ?? [];
  });
  const logged: string[] = [];
  const engine = createGraphqlEngine({
    ...{ queries, policies, ports: {} as Ports, limits: {} as ProductLimits },
    ...{ isCaching: true, isJoining: true, isWarming: false, isDemo: false },
    ...{ clock: time.clock, wallNow: () => new Date(wallMs) },
    log: {
      alert: (event, alert) => logged.push(`${event} ${alert.kind}`),
      failure: (message) => logged.push(message),
    },
    ...options,
  });
  const argsOf = (text: string, { as, variables, isDebugging }: Required<Ask>) => {
    const document = parse(text);
    const [problem] = validate(engine.schema, document);
    if (problem) throw problem;
    const contextValue = engine.contextFor({ viewer: as, requestId: 'test', isDebugging });
    return { schema: engine.schema, document, contextValue, variableValues: variables };
  };
  return {
    ...{ engine, time, statements, logged },
    pass(ms: number) {
      time.pass(ms);
      wallMs += ms;
    },
    async ask(text: string, { as = ada, variables = {}, isDebugging = false }: Ask = {}) {
      const result = (await engine.execute(argsOf(text, { as, variables, isDebugging }), execute)) as JoinedResult;
      // biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
      const { data, errors, extensions }: any = JSON.parse(result.stringify?.(result) ?? JSON.stringify(result));
      return {
        data,
        errors,
        extensions,
        origin: result.provenance,
        joinedFrom: result.provenance?.executedTraces.length === 0 ? result.provenance.joined : undefined,
      };
    },
    async subscribe(text: string, { as = ada, variables = {}, isDebugging = false }: Ask = {}) {
      const events = await subscribe(argsOf(text, { as, variables, isDebugging }));
      if (!(Symbol.asyncIterator in events)) throw new AggregateError(events.errors ?? [], events.errors?.join(' '));
      return events as AsyncGenerator<ExecutionResult>;
    },
  };
}

interface Ask {
  readonly as?: Viewer | null;
  readonly variables?: Record<string, unknown>;
  readonly isDebugging?: boolean;
}
