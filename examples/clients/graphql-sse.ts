// #region client
import { type Client, createClient } from 'graphql-sse';

/** One connection for each subscription. It reconnects when the server restarts, but not when the token was revoked. */
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
/** Calls `onChange` with the types and nodes that changed, until the returned function is called. */
export function followChanges(
  client: Client,
  onChange: (change: { typeNames: string[]; nodeIds: string[] }) => void,
): () => void {
  return client.subscribe<{ cacheInvalidated: { typeNames: string[]; nodeIds: string[] } }>(
    { query: 'subscription { cacheInvalidated { typeNames nodeIds } }' },
    {
      next: ({ data }) => void (data && onChange(data.cacheInvalidated)),
      error: (error) => console.error('the subscription to changes has ended', error),
      complete: () => {},
    },
  );
}
// #endregion
