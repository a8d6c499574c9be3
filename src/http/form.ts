import type { Readable } from 'node:stream';
import { Busboy, type BusboyConfig, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import type { GraphQLError } from 'graphql';
import { DiskFile } from './disk-file.ts';
import { bodyTooLarge, clientGone } from './read-body.ts';
import { refusal } from './refusal.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

export interface FormOptions {
  /** The header's value, with the boundary. */
  readonly contentType: string;
  /** Names of the fields that contain text. All others contain files, whatever the headers of their parts say. */
  readonly textFields: readonly string[];
  readonly maxFiles: number;
  readonly maxTextBytes: number;
  /** Limit of the whole body. */
  readonly maxBytes: number;
  /** Folder for the files. */
  readonly folder: string;
}

export interface Form {
  readonly texts: ReadonlyMap<string, string>;
  /** The caller closes them. */
  readonly files: ReadonlyMap<string, DiskFile>;
}

/**
 * Reads a `multipart/form-data` body (RFC 7578) while it arrives, and writes files to disk. Of several parts with one name, the
 * first counts. Rejects as soon as a limit is exceeded, or when the body breaks off. The rest of the body is drained without being
 * parsed, so that the client gets to read the response.
 */
export async function readForm(body: Readable, options: FormOptions): Promise<Form> {
  const { contentType, textFields, maxFiles, maxTextBytes, maxBytes, folder } = options;
  const texts = new Map<string, Promise<string>>();
  const writes = new Map<string, Promise<DiskFile>>();
  const maxParts = textFields.length + maxFiles;
  const failing = new AbortController();

  const parser = parserFor({
    headers: { 'content-type': contentType },
    isPartAFile: () => true, // in a field, busboy would replace bytes that are not text
    limits: {
      ...{ headerSize: 16 * 1024, headerPairs: 32 }, // per part
      ...{ files: maxParts, parts: maxParts },
    },
  });
  const parsed = parsing(body, { parser, maxBytes }, (refuse) => {
    const refuseMany = () => refuse(badForm(`expected at most ${maxFiles} files, but got more parts`));
    parser.on('filesLimit', refuseMany);
    parser.on('partsLimit', refuseMany);
    parser.on('file', (name: string | undefined, content, fileName: string | undefined, _, type) => {
      content.on('error', () => {}); // the parser reports it
      if (name === undefined || texts.has(name) || writes.has(name)) content.resume();
      else if (textFields.includes(name)) {
        const text = readText(content, { name, maxBytes: maxTextBytes });
        text.catch(refuse);
        texts.set(name, text);
      } else if (writes.size === maxFiles) refuseMany();
      else {
        const file = store(content, { folder, name: unescaped(fileName ?? ''), type, signal: failing.signal });
        file.catch(refuse);
        writes.set(name, file);
      }
    });
  });

  try {
    await parsed;
    const files = new Map<string, DiskFile>();
    for (const [name, file] of writes) files.set(name, await file);
    const read = new Map<string, string>();
    for (const [name, text] of texts) read.set(name, await text);
    return { texts: read, files };
  } catch (error) {
    failing.abort();
    const ended = await Promise.allSettled(writes.values());
    for (const one of ended) if (one.status === 'fulfilled') await one.value.close();
    throw error;
  }
}

/**
 * Feeds the body to the parser; resolves when all of it is parsed. `pipe` is not used, because it destroys the body, and with it
 * the connection, when the parser fails.
 */
function parsing(
  body: Readable,
  { parser, maxBytes }: { parser: BusboyInstance; maxBytes: number },
  listen: (refuse: (error: unknown) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let isRefused = false;
    const refuse = (error: unknown) => {
      isRefused = true;
      body.resume();
      reject(error);
    };
    listen(refuse);
    parser.on('error', () =>
      refuse(badForm('expected parts up to the closing boundary, but got an end before it, or no parts')),
    );
    parser.on('finish', resolve);
    let bytes = 0;
    body.on('data', (chunk: Buffer) => {
      if (isRefused) return;
      bytes += chunk.byteLength;
      if (bytes > maxBytes) return refuse(bodyTooLarge(maxBytes));
      if (parser.write(chunk)) return;
      body.pause();
      parser.once('drain', () => body.resume());
    });
    body.on('end', () => isRefused || parser.end());
    body.on('error', () => refuse(clientGone()));
    body.on('close', () => body.readableEnded || refuse(clientGone()));
  });
}

/** Decodes a text field as UTF-8, as JSON is (RFC 8259, 8.1), whatever charset the part declares. */
async function readText(content: BusboyFileStream, { name, maxBytes }: { name: string; maxBytes: number }) {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw bodyTooLarge(maxBytes);
    chunks.push(chunk);
  }
  try {
    return utf8.decode(Buffer.concat(chunks));
  } catch {
    throw badForm(`expected UTF-8 in the field \`${name}\`, but got other bytes`);
  }
}

interface Stored {
  readonly folder: string;
  readonly name: string;
  readonly type: string;
  readonly signal: AbortSignal;
}

async function store(content: BusboyFileStream, { folder, name, type, signal }: Stored): Promise<DiskFile> {
  const file = await DiskFile.open(folder, { name, type });
  try {
    await file.write(content, signal);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function parserFor(config: BusboyConfig): BusboyInstance {
  try {
    return new Busboy(config);
  } catch {
    throw badForm('expected a boundary in the content-type');
  }
}

/** Reverses the escapes of browsers in file names: WHATWG HTML, multipart/form-data encoding algorithm. */
function unescaped(name: string): string {
  return name.replace(/%(0A|0D|22)/gi, (escaped) => decodeURIComponent(escaped));
}

/** The error for a multipart body that is malformed or does not follow the specification. */
export function badForm(problem: string): GraphQLError {
  return refusal(`The multipart body does not follow the GraphQL multipart request specification: ${problem}.`, {
    status: 400,
    code: 'BAD_REQUEST',
  });
}
