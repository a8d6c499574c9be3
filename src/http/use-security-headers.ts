import type { HttpPlugin } from './plugin.ts';

/** Nothing that is answered here is a page, but for those that state their own policy. */
export const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  // Answers depend on the token, and tokens on nothing that a cache between us could know.
  'cache-control': 'no-store',
};

/** JSON is never rendered, sends no `Referer` and is framed nowhere by the policy above: it goes without these. */
const forPages = {
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** Sets what an earlier hand has not set. */
export function useSecurityHeaders(): HttpPlugin {
  return {
    onResponse({ response: { headers } }) {
      const isJson = headers.get('content-type')?.includes('json');
      for (const [name, value] of Object.entries(isJson ? securityHeaders : { ...securityHeaders, ...forPages }))
        if (!headers.has(name)) headers.set(name, value);
    },
  };
}
