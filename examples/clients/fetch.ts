// #region request
/** Sends a document and resolves with its data. Rejects with the first error if there are no data. */
export async function request<Data>(
  { url, token }: { url: string; token: string },
  query: string,
  variables: object = {},
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors = [] } = await response.json();
  if (data == null) throw Object.assign(new Error(errors[0].message), errors[0].extensions);
  return data;
}
// #endregion
