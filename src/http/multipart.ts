import type { GraphQLParams } from 'graphql-yoga';
import { parametersIn, withoutNul } from './parameters.ts';
import { refusal } from './refusal.ts';

/** More files than any operation takes. */
const maxFiles = 10;

/**
 * The parameters of an upload, by the GraphQL multipart request specification: `operations`, then `map`, then the files, each
 * put where `map` says, in place of a null.
 */
export async function parseMultipart(request: Request, bytes: Buffer): Promise<GraphQLParams> {
  const form = await readForm(request, bytes);
  const operations = parametersIn(readField(form, 'operations'));
  const files = Object.entries(readField(form, 'map'));
  if (files.length > maxFiles) throw bad(`expected at most ${maxFiles} files, but got ${files.length}`);
  for (const [name, places] of files) {
    const file = form.get(name);
    if (file === null || typeof file === 'string') throw bad(`expected a file in the field ${JSON.stringify(name)}`);
    if (!Array.isArray(places)) throw bad(`expected a list of places for ${JSON.stringify(name)} in \`map\``);
    for (const place of places) put(file, operations, place);
  }
  return operations;
}

async function readForm(request: Request, bytes: Buffer): Promise<FormData> {
  const contentType = request.headers.get('content-type') ?? '';
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw bad('expected parts between the boundaries that the content-type names');
  }
}

function readField(form: FormData, name: 'operations' | 'map'): object {
  const text = form.get(name);
  let parsed: unknown;
  try {
    if (typeof text === 'string') parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw bad(`expected a JSON object in the field \`${name}\``);
  return withoutNul(parsed);
}

function put(file: File, operations: GraphQLParams, place: unknown): void {
  const path = typeof place === 'string' ? place.split('.') : [];
  const last = path.pop();
  let holder: unknown = operations;
  for (const key of path) holder = own(holder, key);
  if (path[0] !== 'variables' || last === undefined || own(holder, last) !== null)
    throw bad(
      `expected a place such as "variables.input.file", where \`operations\` has null, but got ${JSON.stringify(place)}`,
    );
  (holder as Record<string, unknown>)[last] = file;
}

function own(holder: unknown, key: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) return undefined;
  return (holder as Record<string, unknown>)[key];
}

function bad(problem: string) {
  return refusal(`The multipart body does not follow the GraphQL multipart request specification: ${problem}.`, {
    status: 400,
    code: 'BAD_REQUEST',
  });
}
