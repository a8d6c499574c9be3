import { createHash } from 'node:crypto';
import { dashboardPath } from './use-dashboard.ts';
import type { MetricsAccess } from './use-metrics.ts';
import { schemaPath } from './use-schema-text.ts';

/** A link to an address of this server. */
export interface Link {
  /** The key in JSON. */
  readonly name: string;
  readonly title: string;
  /** Begins with a slash. */
  readonly path: string;
  /** A description of one sentence. */
  readonly about: string;
}

export interface StartPage {
  readonly html: string;
  /** Its Content-Security-Policy. */
  readonly policy: string;
  /** The links as JSON, for programs. */
  readonly json: string;
}

/** The features of a server that the page depends on. */
export interface Offer {
  readonly graphqlPath: string;
  /** Whether operations that are not persisted are accepted. */
  readonly isOpen: boolean;
  readonly hasSchema: boolean;
  readonly metricsAccess: MetricsAccess;
}

export function linksTo({ graphqlPath, isOpen, hasSchema, metricsAccess }: Offer): Link[] {
  const graphql = { name: 'graphql', path: graphqlPath };
  const links: (Link | false)[] = [
    isOpen
      ? { ...graphql, title: 'GraphiQL', about: 'Try operations, and read about every field.' }
      : { ...graphql, title: 'GraphQL', about: 'Accepts only registered operations.' },
    isOpen && { name: 'dashboard', title: 'Dashboard', path: dashboardPath, about: 'The cache, for its operators.' },
    hasSchema && { name: 'schema', title: 'Schema', path: schemaPath, about: 'The schema as SDL.' },
    { name: 'health', title: 'Health', path: '/healthz', about: 'Whether the process runs.' },
    { name: 'readiness', title: 'Readiness', path: '/readyz', about: 'Whether requests are served.' },
    metricsAccess !== 'elsewhere' && {
      ...{ name: 'metrics', title: 'Metrics', path: '/metrics' },
      about: `Metrics for Prometheus${metricsAccess === 'open' ? '' : ', with the token'}.`,
    },
  ];
  return links.filter((link) => link !== false);
}

const description = 'A GraphQL API for social media management with a cache at the level of resolvers.';

const style = `
  :root { color-scheme: light dark; --ink: #16191d; --soft: #59616b; --line: #d9dde2; --page: #fbfbfa; --link: #0a55b8 }
  @media (prefers-color-scheme: dark) { :root { --ink: #eceef0; --soft: #a2abb5; --line: #333a42; --page: #14171a; --link: #85b8ff } }
  body { margin: 0 auto; padding: clamp(1.5rem, 8vw, 5rem) 1.25rem; max-width: 40rem; background: var(--page); color: var(--ink);
    font: 1rem/1.55 system-ui, sans-serif }
  h1 { margin: 0; font-size: 2rem; line-height: 1.2 }
  p { margin: .5rem 0 2rem; color: var(--soft) }
  dl { margin: 0; border-top: 1px solid var(--line) }
  dl > div { display: flex; flex-wrap: wrap; gap: .1rem 1.5rem; padding: .8rem 0; border-bottom: 1px solid var(--line) }
  dt { flex: 0 0 9rem; font-weight: 600 }
  dd { flex: 1 1 16rem; margin: 0; color: var(--soft) }
  a { color: var(--link) }
  code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere }
`;

/** Creates a page of links, which also work under a path prefix of a proxy. It runs no script and loads nothing. */
export function makeStartPage(links: readonly Link[]): StartPage {
  const rows = links.map(
    ({ title, path, about }) =>
      `<div><dt><a href="${path.slice(1)}">${title}</a></dt><dd>${about} <code>${path}</code></dd></div>`,
  );
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Magpie</title>
<style>${style}</style>
<h1>Magpie</h1>
<p>${description}</p>
<dl>
${rows.join('\n')}
<div><dt>Documentation</dt><dd>In the repository: <code>README.md</code>, <code>docs/clients.md</code> for clients,
<code>docs/running.md</code> for operators.</dd></div>
</dl>
</html>
`;
  const digest = createHash('sha256').update(style).digest('base64');
  return {
    html,
    policy: `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    json: `${JSON.stringify({ name: 'Magpie', description, links: Object.fromEntries(links.map(({ name, path }) => [name, path])) }, null, 2)}\n`,
  };
}
