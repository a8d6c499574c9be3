// #region environment
import relay, { type RecordSourceSelectorProxy } from 'relay-runtime';

/** Sends documents in the form that relay-compiler generates. */
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
/** Marks changed records as outdated: they are refetched where they are displayed next. */
export function forget(
  environment: ReturnType<typeof createRelayEnvironment>,
  { nodeIds, typeNames }: { nodeIds: readonly string[]; typeNames: readonly string[] },
): void {
  relay.commitLocalUpdate(environment, (store) => {
    for (const id of nodeIds) store.get(id)?.invalidateRecord();
    // Lists have no ids: the whole store is outdated.
    if (typeNames.length > 0) (store as RecordSourceSelectorProxy).invalidateStore();
  });
}
// #endregion
