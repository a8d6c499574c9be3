import { join } from 'node:path';
import type { Config } from './config.ts';
import { type DemoToken, demoTokensFile } from './demo.ts';

/** The text that is printed when the server is ready: its URLs, and how to sign in. */
export function welcome({
  url,
  config,
  demoTokens,
}: {
  url: string;
  config: Config;
  demoTokens: readonly DemoToken[];
}): string {
  const here = reachable(url);
  const links = demoTokens
    .filter(isShown)
    .flatMap(({ workspace, token }) => [
      [`GraphiQL, as owner of ${workspace.name}`, `${here}/graphql#token=${token}`] as const,
      [`Dashboard, as owner of ${workspace.name}`, `${here}/dashboard#token=${token}`] as const,
    ]);
  const pages = [['GraphiQL', `${here}/graphql`] as const, ['Dashboard', `${here}/dashboard`] as const];
  const rows = [
    ...(links.length > 0 ? links : pages),
    ...(links.length > 0 ? [['Tokens of other members', join(config.dataDir, demoTokensFile)] as const] : []),
    ['Health', `${here}/healthz and ${here}/readyz`] as const,
    ['Figures', figuresAt(here, config)] as const,
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  const lines = rows.map(([label, text]) => `  ${label.padEnd(width)}${text}`);
  return ['', `Magpie listens on ${here}`, '', ...lines, ''].join('\n');
}

function figuresAt(here: string, { metrics: { host, port } }: Config): string {
  return port === undefined
    ? `${here}/metrics`
    : `${reachable(`http://${host.includes(':') ? `[${host}]` : host}:${port}`)}/metrics`;
}

/** Whether the link of a token is shown: one per workspace, its owner's. */
function isShown({ role }: DemoToken): boolean {
  return role === 'OWNER';
}

/** The URL in a form that a browser of this machine can open. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}
