/** A file that came with a request. A `File` of the web platform is one, too. */
export interface UploadedFile {
  /** As the client named it; may be empty. */
  readonly name: string;
  /** Media type as the client states it; not to be relied upon. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** All of it. Only while the request is being answered. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** JSON holds no functions, so nothing that a client writes into its variables is taken for a file. */
export function isUploadedFile(value: unknown): value is UploadedFile {
  return typeof (value as UploadedFile | null)?.arrayBuffer === 'function';
}
