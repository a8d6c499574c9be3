import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A sequence of requests; keys are numbered from 0 in the order of their first appearance. */
export interface Trace {
  readonly name: string;
  readonly requests: Uint32Array;
  readonly keys: number;
}

/** One trace as it is on disk: one big-endian int32 an event, bits 27–31 type, 9–26 id, 0–8 index. */
export interface RecordedTrace {
  readonly name: string;
  readonly events: Uint32Array;
}

const BYTES_PER_EVENT = 4;
const TYPE_SHIFT = 27;

/** Reads every `*.trace` and `*.trace.xz` of a directory, in the order of their names. */
export function readTraces(directory: string): RecordedTrace[] {
  const files = filesOf(directory)
    .filter((file) => /\.trace(\.xz)?$/.test(file))
    .sort();
  if (files.length === 0) throw new Error(`expected *.trace or *.trace.xz files in ${directory} but got none`);
  return files.map((file) => {
    const bytes = readBytes(join(directory, file));
    const events = new Uint32Array(Math.floor(bytes.length / BYTES_PER_EVENT));
    for (let i = 0; i < events.length; i++) events[i] = bytes.readUInt32BE(i * BYTES_PER_EVENT);
    return { name: file.replace(/\.trace(\.xz)?$/, ''), events };
  });
}

/** The first `limit` events as requests. */
export function prefixOf(recorded: RecordedTrace, limit: number): Trace {
  const events = recorded.events.subarray(0, limit);
  return numbered(recorded.name, events);
}

/** One trace for each of the `types` busiest entity types, of at most `limit` requests each. */
export function splitByType(recorded: RecordedTrace, types: number, limit: number): Trace[] {
  const counts = new Map<number, number>();
  for (const event of recorded.events) {
    const type = event >>> TYPE_SHIFT;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  if (counts.size === 1) return [];
  const busiest = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, types);
  return busiest.map(([type]) => {
    const events = recorded.events.filter((event) => event >>> TYPE_SHIFT === type).subarray(0, limit);
    return numbered(`${recorded.name} type ${type}`, events);
  });
}

/** Numbers the keys of `events` by first appearance. */
export function numbered(name: string, events: Iterable<number | string>): Trace {
  const numbers = new Map<number | string, number>();
  const requests: number[] = [];
  for (const event of events) {
    let number = numbers.get(event);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(event, number);
    }
    requests.push(number);
  }
  return { name, requests: Uint32Array.from(requests), keys: numbers.size };
}

function filesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    throw new Error(`expected a directory of traces at ${directory} (--traces names another one) but got none`, {
      cause: error,
    });
  }
}

function readBytes(path: string): Buffer {
  if (!path.endsWith('.xz')) return readFileSync(path);
  const xz = spawnSync('xz', ['--decompress', '--stdout', path], { maxBuffer: 1 << 30 });
  if (xz.error && 'code' in xz.error && xz.error.code === 'ENOENT') {
    throw new Error(
      `expected the command "xz" to unpack ${path} but it is not installed: ` +
        'install it (Debian: apt-get install xz-utils, macOS: brew install xz), or put an unpacked .trace file beside it',
    );
  }
  if (xz.status !== 0) throw new Error(`expected xz to unpack ${path} but got: ${xz.stderr.toString().trim()}`);
  return xz.stdout;
}
