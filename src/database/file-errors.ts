import { mkdir } from 'node:fs/promises';

/** A handler for `catch`: returns `value` when the file does not exist, and rethrows any other error. */
export function ifAbsent<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (hasCode(error, 'ENOENT')) return value;
    throw error;
  };
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(error.code as string);
}

/**
 * Makes a folder for this account alone, with the folders above it, unless it is there. Says in words when a file has its place.
 */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((error) => {
    throw hasCode(error, 'EEXIST', 'ENOTDIR') ? new Error('expected a folder, but got a file') : error;
  });
}
