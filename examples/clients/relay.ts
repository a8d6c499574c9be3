// #region environment
import relay, { type RecordSourceSelectorProxy } from 'relay-runtime';

/** Sends what relay-compiler made of a document. */
export function createRelayEnvironment(url: string, token: string) {
  const fetchQuery = async ({ text }: { text: string | null }, variables: object) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: text, variables }),
    });
    return await response.json();
  };
  return new relay.Environment({
    network: relay.Network.create(fetchQuery),
    store: new relay.Store(new relay.RecordSource()),
  });
}
// #endregion

// #region cache-invalidated
/** Marks what changed as outdated: it is asked for again where it is shown next. */
export function forget(
  environment: ReturnType<typeof createRelayEnvironment>,
  { nodeIds, typeNames }: { nodeIds: readonly string[]; typeNames: readonly string[] },
): void {
  relay.commitLocalUpdate(environment, (store) => {
    for (const id of nodeIds) store.get(id)?.invalidateRecord();
    // Lists have no ids of their own: all that is kept is checked again.
    if (typeNames.length > 0) (store as RecordSourceSelectorProxy).invalidateStore();
  });
}
// #endregion
