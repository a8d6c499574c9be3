import { deserialize, serialize } from 'node:v8';
import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { Reader, Writer } from './binary.ts';
import { type Writing, writingOf } from './faithful.ts';

/** What an entry is the value of. It stands in the entry too, as a server may give back anything under any key. */
export interface Identity {
  /** The schema and the program that resolves it: others may have other shapes under the same key. */
  readonly schemaVersion: string;
  readonly policyVersion: string;
  readonly category: string;
  readonly namespace: string | undefined;
  readonly key: string;
}

export interface StoredValue {
  /** Where the log stood when the load began; see `LogMark`. */
  readonly epoch: string;
  readonly horizon: number;
  /** Without the engine's own, which follow from the identity. */
  readonly tags: readonly string[];
  /** Milliseconds since 1970, by the clock of the host that loaded it. */
  readonly createdAtMs: number;
  /** As `createdAtMs`; infinite without an end. */
  readonly validUntilMs: number;
  readonly loadMs: number;
  readonly value: unknown;
}

/** Why bytes are not an entry for this reader. */
export type Unreadable = 'corrupt' | 'version' | 'foreign';

const mark = Buffer.from('MGPL');
export const format = 1;
const checksumAt = 10;
const headAt = 14;
const deflated = 0x10;
const writings: readonly Writing[] = ['json', 'v8'];

/** Longer bodies are not shared: they cost milliseconds, in which a process does nothing else. */
export const maxBodyBytes = 1024 * 1024;
/** `npm run bench -- remote-codec` measures where deflate begins to win. */
const deflateFromBytes = 1024;
const worthwhileShare = 0.9;

/**
 * Writes an entry. Returns undefined if its value cannot be written faithfully, or is too large.
 *
 * | bytes | part |
 * |---|---|
 * | 4 | `MGPL` |
 * | 1 | format |
 * | 1 | codec: 0 JSON, 1 V8's structured clone; plus 16 if the body is deflated |
 * | 4 | length of the entry |
 * | 4 | CRC-32 of everything else |
 * | … | schema version, policy version, category, namespace (a byte whether there is one, and the text), key, epoch: texts |
 * | 32 | horizon, time of the load, end of validity, duration of the load |
 * | 4 + … | length of the body when it is not deflated, and the body: number of tags, tags, value |
 *
 * Integers are of 32 bits, numbers doubles, both with the lowest byte first. A text is UTF-8 with its length in front.
 */
export function encode(identity: Identity, stored: StoredValue): Buffer | undefined {
  const writing = writingOf(stored.value);
  const texts = [identity.key, identity.namespace ?? '', ...stored.tags];
  if (writing === undefined || !texts.every((text) => text.isWellFormed())) return undefined;
  const body = new Writer().length(stored.tags.length);
  for (const tag of stored.tags) body.text(tag);
  const plain = body
    .raw(writing === 'json' ? Buffer.from(JSON.stringify(stored.value)) : serialize(stored.value))
    .end();
  if (plain.length > maxBodyBytes) return undefined;
  const packed = deflatedIfWorthwhile(plain);
  const { schemaVersion, policyVersion, category, namespace, key } = identity;
  const head = new Writer().text(schemaVersion).text(policyVersion).text(category);
  head.byte(namespace === undefined ? 0 : 1).text(namespace ?? '');
  head.text(key).text(stored.epoch).number(stored.horizon).number(stored.createdAtMs);
  head.number(stored.validUntilMs).number(stored.loadMs).length(plain.length);
  const rest = head.raw(packed).end();
  const codec = writings.indexOf(writing) + (packed === plain ? 0 : deflated);
  const start = new Writer()
    .raw(mark)
    .byte(format)
    .byte(codec)
    .length(headAt + rest.length)
    .end();
  return new Writer()
    .raw(start)
    .length(crc32(rest, crc32(start)))
    .raw(rest)
    .end();
}

/** Reads an entry if it is one of this identity. */
export function decode(identity: Identity, bytes: Buffer): StoredValue | Unreadable {
  try {
    return decodeOrThrow(identity, bytes);
  } catch {
    return 'corrupt'; // its checksum fits: it was written by something else
  }
}

function decodeOrThrow(identity: Identity, bytes: Buffer): StoredValue | Unreadable {
  if (bytes.length < headAt || !bytes.subarray(0, 4).equals(mark)) return 'corrupt';
  if (bytes[4] !== format) return 'version';
  const rest = bytes.subarray(headAt);
  if (bytes.readUInt32LE(6) !== bytes.length) return 'corrupt';
  if (bytes.readUInt32LE(checksumAt) !== crc32(rest, crc32(bytes.subarray(0, checksumAt)))) return 'corrupt';
  const reader = new Reader(rest);
  const [schemaVersion, policyVersion, category] = [reader.text(), reader.text(), reader.text()];
  const hasNamespace = reader.byte() === 1;
  const namespaceText = reader.text();
  const found: Identity = {
    ...{ schemaVersion, policyVersion, category, key: reader.text() },
    namespace: hasNamespace ? namespaceText : undefined,
  };
  if (!isSame(found, identity)) return 'foreign';
  const epoch = reader.text();
  const [horizon, createdAtMs, validUntilMs, loadMs] = [
    reader.number(),
    reader.number(),
    reader.number(),
    reader.number(),
  ];
  const length = reader.length();
  const packed = reader.rest();
  if (length > maxBodyBytes) return 'corrupt';
  const isDeflated = (bytes[5]! & deflated) !== 0;
  const plain = isDeflated ? inflateRawSync(packed, { maxOutputLength: maxBodyBytes }) : packed;
  if (plain.length !== length) return 'corrupt';
  const body = new Reader(plain);
  const tags = Array.from({ length: body.count() }, () => body.text());
  const written = body.rest();
  const value: unknown = (bytes[5]! & ~deflated) === 0 ? JSON.parse(written.toString()) : deserialize(written);
  return { epoch, horizon, createdAtMs, validUntilMs, loadMs, tags, value };
}

function isSame(one: Identity, other: Identity): boolean {
  return (
    one.schemaVersion === other.schemaVersion &&
    one.policyVersion === other.policyVersion &&
    one.category === other.category &&
    one.namespace === other.namespace &&
    one.key === other.key
  );
}

function deflatedIfWorthwhile(plain: Buffer): Buffer {
  if (plain.length <= deflateFromBytes) return plain;
  const packed = deflateRawSync(plain, { level: constants.Z_BEST_SPEED });
  return packed.length < plain.length * worthwhileShare ? packed : plain;
}
