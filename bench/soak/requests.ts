/** Who asks, and what they may ask about. */
export interface Member {
  readonly url: string;
  readonly token: string;
  readonly postIds: readonly string[];
}

export async function signedIn(url: string, token: string): Promise<Member> {
  const { data } = await ask({ url, token }, { query: '{ posts(first: 50) { nodes { id } } }' });
  const { nodes } = (data as { posts: { nodes: { id: string }[] } }).posts;
  return { url, token, postIds: nodes.map(({ id }) => id) };
}

/** A document that was never sent before. */
export async function freshDocument(number: number, member: Member): Promise<void> {
  const id = member.postIds[number % member.postIds.length]!;
  const documents = [
    `{ __typename } # ${number}`,
    `{ post(id: "${id}") { id text status } } # ${number}`,
    `{ textLengths(text: "${number}", networks: [MASTODON]) { network } }`,
    `query q${number} { posts(first: ${1 + (number % 20)}) { nodes { a${number}: id text status author { name } } } }`,
    `query { conversations(first: 5) { nodes { id } } a${number}: posts(first: 3) { nodes { id text } } }`,
    `{ nothing${number} }`,
    `{ posts(first: ${number} }`,
    `{ templates(first: 20, filter: { search: "${number}" }) { nodes { id title } } }`,
  ];
  await ask(member, { query: documents[Math.floor(number / 10) % documents.length]! });
}

/** What clients send again and again, with different variables. */
export async function usualRequest(number: number, member: Member): Promise<void> {
  const id = member.postIds[number % member.postIds.length]!;
  const requests = [
    { query: '{ posts(first: 20) { nodes { id text status author { name } } } }' },
    {
      query: 'query ($id: ID!) { post(id: $id) { id text status targets { account { id displayName } } } }',
      variables: { id },
    },
    { query: '{ conversations(first: 20) { nodes { id messages(first: 5) { nodes { id text } } } } }' },
    { query: '{ campaigns(first: 20) { nodes { id name } } templates(first: 20) { nodes { id title } } }' },
    { query: 'query ($n: Int!) { posts(first: $n) { nodes { id text } } }', variables: { n: 1 + (number % 100) } },
  ];
  await ask(member, requests[number % requests.length]!);
}

/** Changes something, and takes it back, so that the data do not grow. */
export async function write(number: number, member: Member): Promise<void> {
  const create = `mutation ($title: String!) {
    createTemplate(input: { title: $title, body: "A body of a few words" }) { template { id } userErrors { message } }
  }`;
  const { data } = await ask(member, { query: create, variables: { title: `Soak ${number}` } });
  const id = (data as { createTemplate?: { template: { id: string } | null } } | null)?.createTemplate?.template?.id;
  if (id === undefined) throw new Error(`expected a template, but got ${JSON.stringify(data)}`);
  const remove = 'mutation ($id: ID!) { deleteTemplate(input: { id: $id }) { userErrors { message } } }';
  await ask(member, { query: remove, variables: { id } });
}

async function ask(
  { url, token }: Pick<Member, 'url' | 'token'>,
  body: object,
): Promise<{ data?: unknown; errors?: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as { data?: unknown };
}
