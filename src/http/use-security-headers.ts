import type { HttpPlugin } from './plugin.ts';

/** Headers of all responses. None is a page, except for those that set a policy of their own. */
export const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  // A response depends on the token, and a shared cache cannot know whether a token is still valid.
  'cache-control': 'no-store',
};

/** Not sent with JSON, which is not rendered, sends no `Referer`, and may not be framed by the policy above. */
const forPages = {
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

/** Sets the headers that the response does not have yet. */
export function useSecurityHeaders(): HttpPlugin {
  return {
    isRepeatable: true,
    onResponse({ response: { headers } }) {
      const isJson = headers.get('content-type')?.includes('json');
      for (const [name, value] of Object.entries(isJson ? securityHeaders : { ...securityHeaders, ...forPages }))
        if (!headers.has(name)) headers.set(name, value);
    },
  };
}
