import { readFile } from 'node:fs/promises';

export interface PersistedOperations {
  /** Documents by the SHA-256 that clients send in `extensions.persistedQuery.sha256Hash`. */
  readonly documents: ReadonlyMap<string, string>;
  /** Whether all other documents are refused. */
  readonly isExclusive: boolean;
}

/** Reads the operator's documents from a file: a JSON object of documents by their hashes. */
export async function readPersistedOperations({
  file,
  isExclusive,
}: {
  file: string;
  isExclusive: boolean;
}): Promise<PersistedOperations> {
  const text = await readFile(file, 'utf8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Object.values(parsed).some((value) => typeof value !== 'string'))
    throw new Error(`${file}: expected a JSON object of documents by their SHA-256, but got something else`);
  return { documents: new Map(Object.entries(parsed as Record<string, string>)), isExclusive };
}
