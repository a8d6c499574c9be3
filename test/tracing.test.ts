import { once } from 'node:events';
import { createServer, IncomingMessage, request, type Server, ServerResponse } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { context, diag, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { tracedListener } from '../src/http/use-tracing.ts';
import { startTracing } from '../src/tracing.ts';
import { type Magpie, type Session, signInAs, startMagpie } from './product/magpie.ts';
import { createTestDatabase } from './setup/databases.ts';
import { createGate } from './setup/gates.ts';

/** Spans as OTLP/HTTP sends them in JSON. */
interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly (SpanIds & { attributes: readonly Attribute[] })[] }[];
  }[];
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface SpanIds {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

interface Span extends SpanIds {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly service: unknown;
}

/** A collector, as far as it takes spans. */
async function startCollector() {
  const spans: Span[] = [];
  const server = createServer(async (message, response) => {
    spans.push(...(await spansIn(message)));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  const url = `${await listenOn(server)}/v1/traces`;
  return { url, spans, close: () => new Promise((resolve) => server.close(resolve)) };
}

async function listenOn(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function spansIn(message: IncomingMessage): Promise<Span[]> {
  const plain = (attributes: readonly Attribute[]) =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
  const { resourceSpans } = (await json(message)) as Sent;
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map((span) => ({
        ...span,
        attributes: plain(span.attributes),
        service: plain(resource.attributes)['service.name'],
      })),
  );
}

const silent = { warn: () => {} };
const isTrusted = () => true;
const secretTitle = 'a title that no span may hold';

const traceId = (digit: string) => digit.repeat(32);
const parentId = 'b'.repeat(16);
const parentOf = (digit: string) => `00-${traceId(digit)}-${parentId}-01`;

let collector: Awaited<ReturnType<typeof startCollector>>;
let magpie: Magpie;
let owner: Session;

/** Sends an operation within a trace. */
const ask = (digit: string, query: string, variables = {}) =>
  magpie.ask(owner.token, query, variables, { traceparent: parentOf(digit) });
/** The spans of a trace, operations before loads. */
const spansOf = (digit: string) =>
  collector.spans
    .filter((span) => span.traceId === traceId(digit))
    .sort((one, other) => Number(one.name.startsWith('load')) - Number(other.name.startsWith('load')));

describe('spans of OpenTelemetry', () => {
  beforeAll(async () => {
    collector = await startCollector();
    const tracing = await startTracing(collector, silent);
    const database = await createTestDatabase('postgres', { template: 'seeded' });
    owner = await signInAs(database, 'OWNER');
    magpie = await startMagpie(database, { tracer: tracing.tracer, environment: { TRUST_PROXY: '1' } });
    const templates = 'query Templates { templates(first: 2) { nodes { id } } }';
    for (const digit of ['1', '2', '3']) await ask(digit, templates);
    const create =
      'mutation ($title: String!) { createTemplate(input: { title: $title, body: "x" }) { userErrors { code } } }';
    await ask('4', create, { title: secretTitle });
    await ask('5', templates);
    await tracing.stop();
  });
  afterAll(async () => {
    trace.disable();
    context.disable();
    propagation.disable();
    await collector.close();
  });

  it('are one for an operation, beneath the span that the request names, and one for each load beneath that', () => {
    const [operation, load, ...more] = spansOf('1');
    expect(more).toEqual([]);
    expect(operation).toMatchObject({
      ...{ name: 'query', parentSpanId: parentId, service: 'magpie' },
      attributes: {
        ...{ 'graphql.operation.type': 'query', 'graphql.operation.name': 'Templates' },
        ...{ 'magpie.cache.outcome': 'MISS', 'magpie.cache.misses': 1, 'http.response.status_code': 200 },
      },
    });
    expect(load).toMatchObject({
      ...{ name: 'load Query.templates', parentSpanId: operation!.spanId },
      attributes: { 'magpie.cache.category': 'TEMPLATES', 'magpie.cache.reason': 'miss' },
    });
  });

  it('have no load when the cache answered, whether the operation was executed or not', () => {
    for (const digit of ['2', '3']) {
      const [operation, ...more] = spansOf(digit);
      expect(more).toEqual([]);
      expect(operation).toMatchObject({ name: 'query', parentSpanId: parentId });
      expect(operation!.attributes['magpie.cache.outcome']).toBe('HIT');
    }
    expect(spansOf('3')[0]!.attributes['magpie.response.remembered']).toBe(true);
  });

  it('have their loads when a response that was sent before had to be executed again', () => {
    const [operation, load, ...more] = spansOf('5');
    expect(more).toEqual([]);
    expect(operation).toMatchObject({
      ...{ name: 'query', parentSpanId: parentId },
      attributes: { 'magpie.cache.outcome': 'MISS', 'magpie.cache.misses': 1, 'http.response.status_code': 200 },
    });
    expect(operation!.attributes).not.toHaveProperty('magpie.response.remembered');
    expect(load).toMatchObject({ name: 'load Query.templates', parentSpanId: operation!.spanId });
    expect(magpie.hotAnswers()).toBe(3); // all but the first
  });

  it('are there for mutations, and hold neither documents nor variables nor the token', () => {
    expect(spansOf('4')).toMatchObject([{ name: 'mutation', attributes: { 'magpie.cache.outcome': 'NONE' } }]);
    const sent = JSON.stringify(collector.spans);
    expect(sent).not.toContain(owner.token);
    expect(sent).not.toContain('nodes {');
    expect(sent).not.toContain('userErrors');
    expect(sent).not.toContain(secretTitle);
  });

  it('lie in the trace of the request, also when its body arrives after its headers', async () => {
    const seen: unknown[] = [];
    const begun = createGate<void>();
    const traceNow = () => trace.getSpanContext(context.active())?.traceId;
    const listener = tracedListener((request, response) => {
      request.on('data', () => seen.push(traceNow())).on('end', () => response.end());
      begun.open();
    }, isTrusted);
    const server = createServer(listener);
    const address = await listenOn(server);
    const sent = request(address, { method: 'POST', headers: { 'content-length': 4, traceparent: parentOf('8') } });
    sent.flushHeaders();
    await begun.promise;
    sent.end('body');
    const [response] = await once(sent, 'response');
    await text(response);
    expect(seen).toEqual([traceId('8')]);
    server.close();
  });

  it('lie beneath the span of an instrumented `http`, if there is one, and not beneath its parent', () => {
    const spanId = 'c'.repeat(16);
    const http = trace.setSpanContext(ROOT_CONTEXT, { traceId: traceId('6'), spanId, traceFlags: 1 });
    const seen: unknown[] = [];
    const listener = tracedListener(() => void seen.push(trace.getSpanContext(context.active())?.spanId), isTrusted);
    const incoming = { headers: { traceparent: parentOf('7') } };
    context.with(http, () => listener(incoming as never, undefined as never));
    expect(seen).toEqual([spanId]);
  });

  it('lie in a trace of their own when a client that is no trusted proxy names one', () => {
    const seen: unknown[] = [];
    const see = () => void seen.push(trace.getSpanContext(context.active())?.traceId);
    const incoming = Object.assign(new IncomingMessage(new Socket()), { headers: { traceparent: parentOf('9') } });
    for (const isFromProxy of [false, true])
      tracedListener(see, () => isFromProxy)(incoming, new ServerResponse(incoming));
    expect(seen).toEqual([undefined, traceId('9')]);
  });
});

describe('a collector', () => {
  afterEach(() => {
    trace.disable();
    context.disable();
    propagation.disable();
    diag.disable();
  });

  it('that refuses spans is named in one line of the log', async () => {
    const lines: object[] = [];
    const isReported = createGate<void>();
    const server = createServer((_, response) => response.writeHead(400).end('no spans here'));
    const url = await listenOn(server);
    const warn = (details: object) => {
      lines.push(details);
      isReported.open();
    };
    const { tracer, stop } = await startTracing({ url }, { warn });
    for (let n = 0; n < 512; n++) tracer.startSpan('one').end(); // as many as are sent at once
    await isReported.promise;
    await stop();
    expect(lines).toEqual([{ reason: expect.stringContaining('Bad Request') }]);
    server.close();
  });

  it('that does not respond does not delay a stop for longer than its limit', async () => {
    const server = createServer(() => {});
    const url = await listenOn(server);
    const { tracer, stop } = await startTracing({ url, stopMs: 20 }, silent);
    tracer.startSpan('one').end();
    await expect(stop()).rejects.toThrow('within 20 ms');
    server.close();
    server.closeAllConnections();
  });
});
