/** A file in a request. A `File` of the web platform implements it. */
export interface UploadedFile {
  /** As the client named it; may be empty. */
  readonly name: string;
  /** The media type that the client claims; not verified. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** Reads the whole file; only before the request ends. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Whether a value is a file. JSON has no functions, so no value in a client's variables is mistaken for one. */
export function isUploadedFile(value: unknown): value is UploadedFile {
  return typeof (value as UploadedFile | null)?.arrayBuffer === 'function';
}
