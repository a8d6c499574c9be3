import { createClientAddress, type TrustedProxies } from './client-address.ts';
import type { HttpPlugin } from './plugin.ts';

/** Sets the client's address in the facts, for limits per client. */
export function useClientAddress(trusted: TrustedProxies): HttpPlugin {
  const clientOf = createClientAddress(trusted);
  return {
    isRepeatable: true,
    onRequest({ serverContext: { facts, req, message } }) {
      const incoming = message?.upgrade ?? req;
      if (incoming) facts.client = clientOf(incoming);
    },
  };
}
