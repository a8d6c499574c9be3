import type { HttpPlugin } from './plugin.ts';

/** Nothing that is answered here is a page, but for GraphiQL, which states its own policy. */
const always = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Answers depend on the token, and tokens on nothing that a cache between us could know.
  'cache-control': 'no-store',
};

/** Sets what an earlier hand has not set. */
export function useSecurityHeaders(): HttpPlugin {
  return {
    onResponse({ response: { headers } }) {
      for (const [name, value] of Object.entries(always)) if (!headers.has(name)) headers.set(name, value);
    },
  };
}
