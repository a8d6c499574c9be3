// #region client
import { type Client, createClient } from 'graphql-sse';

/** A connection for each subscription. It comes back by itself when the server restarts, and not when the token was revoked. */
export function createEventClient(url: string, token: string): Client {
  return createClient({
    url,
    singleConnection: false,
    headers: { authorization: `Bearer ${token}` },
    retryAttempts: Number.POSITIVE_INFINITY,
  });
}
// #endregion

// #region follow
/** Calls back with the types and nodes that changed, until the returned function is called. */
export function followChanges(
  client: Client,
  onChange: (change: { typeNames: string[]; nodeIds: string[] }) => void,
): () => void {
  return client.subscribe<{ cacheInvalidated: { typeNames: string[]; nodeIds: string[] } }>(
    { query: 'subscription { cacheInvalidated { typeNames nodeIds } }' },
    {
      next: ({ data }) => void (data && onChange(data.cacheInvalidated)),
      error: (error) => console.error('changes are not followed any more', error),
      complete: () => {},
    },
  );
}
// #endregion
