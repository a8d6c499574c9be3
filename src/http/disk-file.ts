import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import type { UploadedFile } from '../domains/media/uploaded-file.ts';

/**
 * An uploaded file on disk without a name: it is unlinked as soon as it is open, so that the operating system frees it when it is
 * closed, however the process ends.
 */
export class DiskFile implements UploadedFile {
  readonly name: string;
  readonly type: string;
  #size = 0;
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle, { name, type }: Pick<UploadedFile, 'name' | 'type'>) {
    this.#handle = handle;
    this.name = name;
    this.type = type;
  }

  static async open(folder: string, described: Pick<UploadedFile, 'name' | 'type'>): Promise<DiskFile> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, randomUUID());
    const handle = await open(path, 'wx+', 0o600);
    try {
      await unlink(path);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new DiskFile(handle, described);
  }

  get size(): number {
    return this.#size;
  }

  /** Call it once. Rejects when reading the content fails or `signal` is aborted. */
  async write(content: Readable, signal: AbortSignal): Promise<void> {
    await writeFile(this.#handle, addAbortSignal(signal, content));
    this.#size = (await this.#handle.stat()).size;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(this.#size);
    for (let at = 0; at < bytes.byteLength; ) {
      const { bytesRead } = await this.#handle.read(bytes, { offset: at, position: at });
      if (bytesRead === 0) throw new Error(`expected ${bytes.byteLength} bytes of an upload, but got ${at}`);
      at += bytesRead;
    }
    return bytes.buffer;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
