import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Competitor } from './arena.ts';
import { Connection, type Request } from './client.ts';
import { type Answers, coldRequests, requestOf, type Sender } from './questions.ts';
import { type Stage, zipfIds } from './stage.ts';

/** Asks Magpie everything that is measured as hot. */
export async function referenceAnswers(magpie: Competitor, sender: Sender, stage: Stage): Promise<Answers> {
  const connection = await Connection.open(magpie.port);
  try {
    const byName: Record<string, string> = {};
    for (const request of plainRequests(sender, stage)) byName[request.kind] = await textOf(connection, request);
    const byId: Record<string, string> = {};
    for (const id of zipfIds) byId[id] = await textOf(connection, requestOf('zipf', { id }, sender));
    return { byName, byId };
  } finally {
    connection.close();
  }
}

/** Throws when a contender answers anything but what Magpie answers; asks twice, so that its cache is asked too. */
export async function checkAnswers(
  competitor: Competitor,
  { answers, sender, stage }: { answers: Answers; sender: Sender; stage: Stage },
): Promise<void> {
  const connection = await Connection.open(competitor.port);
  try {
    for (const attempt of ['first', 'second']) {
      const check = async (request: Request, expected: string) => {
        const got = await textOf(connection, request);
        if (!isSame(got, expected))
          throw new Error(
            `${competitor.name} cannot be measured: to ${request.kind}, at the ${attempt} time, expected ${expected.slice(0, 500)}, but got ${got.slice(0, 500)}`,
          );
      };
      for (const request of plainRequests(sender, stage)) await check(request, answers.byName[request.kind]!);
      for (const id of zipfIds) await check(requestOf('zipf', { id }, sender), answers.byId[id]!);
    }
    if (takesCompression(competitor)) {
      const compressed = requestOf('page', undefined, { ...sender, acceptEncoding: 'gzip' });
      for (let time = 0; time < 2; time++)
        if (!isSame(await textOf(connection, compressed), answers.byName.page!))
          throw new Error(`${competitor.name} cannot be measured: its compressed answer is another`);
    }
  } finally {
    connection.close();
  }
}

/** Compares what they answer to a page that none of them has been asked for. */
export async function checkColdAnswers(
  competitors: readonly Competitor[],
  { sender, stage }: { sender: Sender; stage: Stage },
): Promise<void> {
  const request = coldRequests(sender, stage.workspaces[0]!.ids.accounts)();
  const texts = await Promise.all(
    competitors.map(async ({ port }) => {
      const connection = await Connection.open(port);
      return await textOf(connection, request).finally(() => connection.close());
    }),
  );
  for (const [index, text] of texts.entries())
    if (!isSame(text, texts[0]!))
      throw new Error(`${competitors[index]!.name} cannot be measured: its cold page is another`);
}

export function takesCompression({ role }: Competitor): boolean {
  return role === 'magpie' || role === 'uncached' || role === 'limit';
}

function plainRequests(sender: Sender, stage: Stage): Request[] {
  const id = stage.workspaces[0]!.ids.templates[0];
  return [
    requestOf('small', { id }, sender),
    requestOf('medium', undefined, sender),
    requestOf('page', undefined, sender),
  ];
}

async function textOf(connection: Connection, request: Request): Promise<string> {
  const { status, head, body } = await connection.ask(request.bytes);
  const text = (head.includes('\r\ncontent-encoding: gzip') ? gunzipSync(body) : body).toString();
  if (status !== 200) throw new Error(`expected 200 to ${request.kind}, but got ${status}: ${text.slice(0, 500)}`);
  return text;
}

/** The same data, in whatever order and notation of JSON, and no errors. */
function isSame(got: string, expected: string): boolean {
  const [one, other] = [JSON.parse(got), JSON.parse(expected)];
  return one.errors === undefined && other.errors === undefined && isDeepStrictEqual(one.data, other.data);
}
