import type { Readable } from 'node:stream';
import type { GraphQLParams } from 'graphql-yoga';
import type { DiskFile } from './disk-file.ts';
import { badForm, type Form, readForm } from './form.ts';
import { parametersIn, withinLevels } from './parameters.ts';

/** More than any operation takes. */
const maxFiles = 10;

export interface MultipartOptions {
  readonly contentType: string;
  readonly maxBodyBytes: number;
  readonly maxUploadBytes: number;
  readonly folder: string;
}

export interface Upload {
  readonly parameters: GraphQLParams;
  /** Closes the files, which frees their space. */
  close(): Promise<void>;
}

/**
 * Reads the parameters of an upload by the GraphQL multipart request specification: `operations`, then `map`, then the files. Each
 * file replaces a null at the paths that `map` lists for it.
 */
export async function readUpload(body: Readable, options: MultipartOptions): Promise<Upload> {
  const { contentType, maxBodyBytes, maxUploadBytes, folder } = options;
  const form = await readForm(body, {
    ...{ contentType, folder, maxFiles, maxBytes: maxUploadBytes },
    ...{ textFields: ['operations', 'map'], maxTextBytes: maxBodyBytes },
  });
  const close = async () => {
    for (const file of form.files.values()) await file.close();
  };
  try {
    return { parameters: parametersOf(form), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function parametersOf(form: Form): GraphQLParams {
  const operations = parametersIn(readField(form, 'operations'));
  const files = Object.entries(readField(form, 'map'));
  if (files.length > maxFiles) throw badForm(`expected at most ${maxFiles} files, but got ${files.length}`);
  for (const [name, paths] of files) {
    const file = form.files.get(name);
    if (!file) throw badForm(`expected a file in the field ${JSON.stringify(name.slice(0, 100))}`);
    if (!Array.isArray(paths)) throw badForm(`expected a list of paths for ${JSON.stringify(name)} in \`map\``);
    for (const path of paths) putFile(file, operations, path);
  }
  return operations;
}

function readField({ texts }: Form, name: 'operations' | 'map'): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(texts.get(name) ?? '');
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw badForm(`expected a JSON object in the field \`${name}\``);
  return withinLevels(parsed);
}

function putFile(file: DiskFile, operations: GraphQLParams, path: unknown): void {
  const keys = typeof path === 'string' ? path.split('.') : [];
  const last = keys.pop();
  let holder: unknown = operations;
  for (const key of keys) holder = ownMember(holder, key);
  if (keys[0] !== 'variables' || last === undefined || ownMember(holder, last) !== null)
    throw badForm(
      `expected a path such as "variables.input.file", where \`operations\` has null, but got ${JSON.stringify(path).slice(0, 200)}`,
    );
  (holder as Record<string, unknown>)[last] = file;
}

function ownMember(holder: unknown, key: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) return undefined;
  return (holder as Record<string, unknown>)[key];
}
