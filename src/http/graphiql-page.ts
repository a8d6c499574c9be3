import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

export interface Page {
  readonly html: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  /** Weak, as the page and its compressed form share it. */
  readonly etag: string;
  /** Its Content-Security-Policy. */
  readonly policy: string;
}

/**
 * A script that takes the token from the URL's fragment, which never leaves the browser. The token is put into the headers of every
 * GraphiQL tab and stays until the browser's tab is closed. Another token takes its place when that is confirmed, as a link may
 * come from anybody. The URL is cleaned before GraphiQL writes the query into it.
 */
const takeToken = `
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    const kept = sessionStorage.getItem('magpie:token');
    if (!kept || kept === given || confirm('This link has a token of its own. Use it instead of the one of this tab?'))
      sessionStorage.setItem('magpie:token', given);
    history.replaceState(null, '', location.pathname + location.search);
  }
  addEventListener('hashchange', () => location.reload());
  const token = sessionStorage.getItem('magpie:token');
  const magpieHeaders = token ? JSON.stringify({ Authorization: 'Bearer ' + token }, null, 2) : undefined;
`;

export async function readDefaultQuery(): Promise<string> {
  return await readFile(new URL('./default-query.graphql', import.meta.url), 'utf8');
}

/** GraphiQL as one document that loads no other resource. */
export async function makePage(): Promise<Page> {
  const options = {
    title: 'Magpie',
    defaultQuery: await readDefaultQuery(),
    headers: 'magpieHeaders',
    shouldPersistHeaders: false,
  };
  const text = renderGraphiQL(options)
    .replace('"headers":"magpieHeaders"', '"headers":magpieHeaders')
    .replace('<script>', () => `<script>${takeToken}</script><script>`);
  const html = Buffer.from(text);
  return {
    html,
    gzipped: await promisify(gzip)(html),
    etag: `W/"${digest(text)}"`,
    policy: policyFor(text),
  };
}

/** A policy that allows only the page's own scripts, and requests to this server alone. */
function policyFor(html: string): string {
  const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => `'sha256-${digest(script!)}'`);
  return [
    "default-src 'none'",
    `script-src ${scripts.join(' ')} blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
