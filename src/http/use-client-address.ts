import { createClientAddress, type TrustedProxies } from './client-address.ts';
import type { HttpPlugin } from './plugin.ts';

/** Notes which client asks, for limits by client. */
export function useClientAddress(trusted: TrustedProxies): HttpPlugin {
  const clientOf = createClientAddress(trusted);
  return {
    onRequest({ serverContext: { facts, req, message } }) {
      const origin = message?.upgrade ?? req;
      if (origin) facts.client = clientOf(origin);
    },
  };
}
