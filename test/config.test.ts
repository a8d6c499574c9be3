import { describe, expect, it } from 'vitest';
import { policies } from '../src/cache-policies.ts';
import { type Environment, readConfig } from '../src/config.ts';
import { ConfigError } from '../src/environment-reader.ts';

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('an empty environment', () => {
  it('gives a demo on the embedded database, for this machine alone', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      databaseUrl: undefined,
      databaseConnections: 20,
      statementLimitMs: 10_000,
      dataDir: '.magpie',
      logLevel: 'info',
      isDemo: true,
      isDemoLive: true,
      isCaching: true,
      cors: { origins: ['http://localhost:*', 'http://127.0.0.1:*', 'http://[::1]:*'], headers: [] },
      ai: undefined,
      mastodon: undefined,
    });
  });

  it('takes the policies of the table, 1,500 entries and 10 MiB together', () => {
    const all = Object.values(readConfig({}).policies);
    expect(readConfig({}).policies).toEqual(policies);
    expect(all.reduce((sum, { maxEntries }) => sum + maxEntries, 0)).toBe(1_500);
    expect(all.reduce((sum, { maxBytes }) => sum + maxBytes, 0)).toBe(10 * 1024 * 1024);
  });

  it('is what a variable without text counts as', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: ' ', CACHE: '' })).toEqual(readConfig({}));
  });
});

describe('a configuration', () => {
  it('cannot be changed, however deep', () => {
    const config = readConfig({});
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config.policies.POSTS, { ttlMs: 1 })).toThrow(TypeError);
  });

  it('has no demo beside a database of one’s own, unless asked for', () => {
    const DATABASE_URL = 'postgres://localhost/magpie';
    expect(readConfig({ DATABASE_URL })).toMatchObject({ isDemo: false, isDemoLive: false });
    expect(readConfig({ DATABASE_URL, DEMO: 'on' })).toMatchObject({ isDemo: true, isDemoLive: true });
    expect(readConfig({ DEMO_LIVE: 'off' })).toMatchObject({ isDemo: true, isDemoLive: false });
  });

  it('has several workers only beside a database of one’s own', () => {
    expect(readConfig({ DATABASE_URL: 'postgres://localhost/magpie', WORKERS: '4' }).workers).toBe(4);
  });

  it('has no workspace that operates the server, unless it is named', () => {
    expect(readConfig({}).operatorWorkspace).toBeUndefined();
    expect(readConfig({ OPERATOR_WORKSPACE: 'ws_01J' }).operatorWorkspace).toBe('ws_01J');
  });

  it('trusts no proxy, or as many as it is told, or those that it names', () => {
    expect(readConfig({}).trustedProxies).toBe(0);
    expect(readConfig({ TRUST_PROXY: '2' }).trustedProxies).toBe(2);
    expect(readConfig({ TRUST_PROXY: 'loopback, 10.0.0.0/8' }).trustedProxies).toEqual(['loopback', '10.0.0.0/8']);
  });

  it('overrides any cell of the policies, and no other', () => {
    const overridden = readConfig({
      CACHE_POSTS_TTL_SECONDS: '45',
      CACHE_POSTS_STALE_SECONDS: '5',
      CACHE_POSTS_MAX_ENTRIES: '7',
      CACHE_POSTS_MAX_BYTES: '9000',
      CACHE_POSTS_EVICTION: 'lru',
    }).policies;
    expect(overridden).toEqual({
      ...policies,
      POSTS: { ...policies.POSTS, ttlMs: 45_000, staleMs: 5_000, maxEntries: 7, maxBytes: 9_000, eviction: 'lru' },
    });
  });

  it('lists origins and headers between commas', () => {
    const environment = { CORS_ORIGINS: 'https://app.example, http://localhost:3000', CORS_HEADERS: 'x-team,X-Flag' };
    expect(readConfig(environment).cors).toEqual({
      origins: ['https://app.example', 'http://localhost:3000'],
      headers: ['x-team', 'X-Flag'],
    });
  });
});

describe('a value that makes no sense', () => {
  it.each([
    ['TRUST_PROXY', 'true', /^TRUST_PROXY: expected the number of proxies, or their addresses .* but got "true"$/],
    ['TRUST_PROXY', '1, 10.0.0.1', /^TRUST_PROXY: expected the number of proxies, or their addresses/],
    ['TRUST_PROXY', '10.0.0.0/33', /^TRUST_PROXY: expected the number of proxies, or their addresses/],
    ['MAX_SESSIONS', '0', 'MAX_SESSIONS: expected a whole number from 1 to 1000, but got "0"'],
    ['PORT', '70000', 'PORT: expected a whole number from 0 to 65535, but got "70000"'],
    ['PORT', '4e3', 'PORT: expected a whole number from 0 to 65535, but got "4e3"'],
    ['CACHE', 'yes', 'CACHE: expected one of on, off, but got "yes"'],
    ['CACHE_POSTS_TTL_SECONDS', '0', 'CACHE_POSTS_TTL_SECONDS: expected a whole number of at least 1, but got "0"'],
    ['CACHE_POSTS_PREFETCH', 'on', 'CACHE_POSTS_PREFETCH: expected a whole number from 0 to 1000, but got "on"'],
    ['CACHE_POSTS_EVICTION', 'fifo', 'CACHE_POSTS_EVICTION: expected one of arc, lru, but got "fifo"'],
    [
      'CORS_ORIGINS',
      'https://app.example/path',
      'CORS_ORIGINS: expected `*`, or origins such as https://app.example or http://localhost:*, but got "https://app.example/path"',
    ],
    ['CORS_ORIGINS', 'https://*.example', /^CORS_ORIGINS: expected .* but got "https:\/\/\*.example"$/],
    ['CORS_ORIGINS', 'app.example:*', /^CORS_ORIGINS: expected/],
    ['CORS_HEADERS', 'x team', 'CORS_HEADERS: expected names of headers such as x-team, but got "x team"'],
    [
      'OPERATOR_WORKSPACE',
      'Acme',
      'OPERATOR_WORKSPACE: expected the id of a workspace, which begins with ws_, but got "Acme"',
    ],
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL: expected one of trace, debug, .* but got "loud"$/],
    ['HOST', 'not a host', /^HOST: expected an IP address or a host name, but got "not a host"$/],
    ['REDIS_URL', 'redis://localhost', /^REDIS_URL: .*the embedded database has one process, and no log/],
    ['DATABASE_CONNECTIONS', '0', 'DATABASE_CONNECTIONS: expected a whole number from 1 to 1000, but got "0"'],
    ['WORKERS', '4', /^WORKERS: .*the embedded database belongs to one process/],
  ])('stops the start: %s=%s', (name, value, problem) => {
    expect(problemsOf({ [name]: value })).toEqual([
      typeof problem === 'string' ? problem : expect.stringMatching(problem),
    ]);
  });

  it.each(['serve', 'serve:0', 'serve:3601', 'serve:60s'])('stops the start: CACHE_WHEN_CUT_OFF=%s', (text) => {
    expect(problemsOf({ CACHE_WHEN_CUT_OFF: text, DATABASE_URL: 'postgres://localhost/magpie' })).toEqual([
      'CACHE_WHEN_CUT_OFF: expected `off`, or `serve:` and a number of seconds from 1 to 3600, such as serve:60, ' +
        `but got ${JSON.stringify(text)}`,
    ]);
  });

  it('is told together with all others', () => {
    expect(problemsOf({ PORT: 'x', CACHE: 'maybe', DEMO: 'x' })).toHaveLength(3);
  });

  it('is told without the secret in it', () => {
    const [problem] = problemsOf({ DATABASE_URL: 'mysql://root:hunter2@localhost/magpie' });
    expect(problem).toMatch(/^DATABASE_URL: expected an address that begins with postgres:\/\//);
    expect(problem).not.toContain('hunter2');
  });
});

describe('a variable that does not exist', () => {
  it.each([
    ['CACHE_POSTS_TTL_SECOND', 'CACHE_POSTS_TTL_SECONDS'],
    ['CACHE_POSTS_TTL', 'CACHE_POSTS_TTL_SECONDS'],
    ['CACHE_POST_TTL_SECONDS', 'CACHE_POSTS_TTL_SECONDS'],
    ['MAX_QUERY_DEPHT', 'MAX_QUERY_DEPTH'],
    ['MAX_QUERY_COSTS', 'MAX_QUERY_COST'],
    ['MAXQUERY_COST', 'MAX_QUERY_COST'],
    ['PROT', 'PORT'],
    ['WORKER', 'WORKERS'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['DATABASE_CONECTIONS', 'DATABASE_CONNECTIONS'],
    ['DRAIN_SECOND', 'DRAIN_SECONDS'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
  ])('is refused when it looks like one of ours: %s is %s', (given, meant) => {
    expect(problemsOf({ [given]: '60' })).toEqual([
      `${given}: expected a name such as ${meant}, but there is no such variable`,
    ]);
  });

  it.each([
    ...['PATH', 'HOME', 'HOSTNAME', 'POST', 'CHOST', 'XAI_API_KEY', 'AI21_API_KEY', 'XDG_DATA_DIRS', 'PGDATABASE'],
    ...['CACHE_SERVICE_HOST', 'CACHE_PORT', 'CACHE_PORT_6379_TCP_ADDR', 'DATABASE_SERVICE_PORT_HTTP', 'MAGPIE_PORT'],
  ])('is left alone when another program may have set it: %s', (name) => {
    expect(problemsOf({ [name]: 'x' })).toEqual([]);
  });
});

describe('variables that need each other', () => {
  it.each([
    [{ AI_BASE_URL: 'http://localhost:1' }, 'AI_MODEL: expected a value together with AI_BASE_URL, but it is not set'],
    [
      { ALERT_WEBHOOK_URL: 'http://x' },
      'ALERT_WEBHOOK_SECRET: expected a value together with ALERT_WEBHOOK_URL, but it is not set',
    ],
    [
      { TELEGRAM_BOT_TOKEN: 'x' },
      'TELEGRAM_CHAT_ID: expected a value together with TELEGRAM_BOT_TOKEN, but it is not set',
    ],
    [
      { DATABASE_LISTEN_URL: 'postgres://localhost/magpie' },
      'DATABASE_URL: expected a value together with DATABASE_LISTEN_URL, but it is not set',
    ],
    [
      { CACHE_WHEN_CUT_OFF: 'serve:60' },
      'DATABASE_URL: expected a value together with CACHE_WHEN_CUT_OFF, but it is not set',
    ],
    [{ AI_API_KEY: 'x' }, 'AI_BASE_URL: expected a value together with AI_API_KEY, but it is not set'],
    [
      { MASTODON_BASE_URL: 'https://mastodon.example' },
      'MASTODON_ACCESS_TOKEN: expected a value together with MASTODON_BASE_URL, but it is not set',
    ],
  ])('are missed when they are absent: %o', (environment, problem) => {
    expect(problemsOf(environment)).toEqual([problem]);
  });
});

describe('where spans are sent', () => {
  const url = (environment: Environment) => readConfig(environment).tracing?.url;
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
  const traces = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:4318/own' };

  it('is nowhere, is beneath the address of a collector, or is the whole address of traces, which comes first', () => {
    expect(url({})).toBeUndefined();
    expect(url(endpoint)).toBe('http://collector:4318/v1/traces');
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' })).toBe('http://collector:4318/v1/traces');
    expect(url({ ...endpoint, ...traces })).toBe('http://traces:4318/own');
  });

  it('is nowhere when the SDK is disabled', () => {
    expect(url({ ...endpoint, OTEL_SDK_DISABLED: 'false' })).toBeDefined();
    expect(url({ ...endpoint, ...traces, OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
  });
});
