import { deserialize, serialize } from 'node:v8';
import { brotliCompressSync, brotliDecompressSync, constants, deflateRawSync, inflateRawSync } from 'node:zlib';

/** `npm run bench -- remote-codec`: how the values of the remote tier are best written, for lists of posts of several lengths. */
export async function run(): Promise<void> {
  console.log('microseconds to write and to read, and bytes; medians of 21 rounds\n');
  for (const count of [1, 5, 20, 100]) {
    const value = posts(count);
    const json = Buffer.from(JSON.stringify(value));
    console.log(`${count} posts`);
    print('JSON', json.length, [() => Buffer.from(JSON.stringify(value)), () => JSON.parse(json.toString())]);
    const cloned = serialize(value);
    print('V8', cloned.length, [() => serialize(value), () => deserialize(cloned)]);
    for (const [name, pack, unpack] of compressions) {
      const packed = pack(json);
      print(`JSON, ${name}`, packed.length, [() => pack(json), () => unpack(packed)]);
    }
  }
}

const brotli = (quality: number) => (bytes: Buffer) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });

const compressions: readonly (readonly [string, (bytes: Buffer) => Buffer, (bytes: Buffer) => Buffer])[] = [
  ['deflate 1', (bytes) => deflateRawSync(bytes, { level: 1 }), inflateRawSync],
  ['deflate 6', (bytes) => deflateRawSync(bytes), inflateRawSync],
  ['brotli 1', brotli(1), brotliDecompressSync],
  ['brotli 4', brotli(4), brotliDecompressSync],
];

function print(name: string, bytes: number, steps: readonly (() => unknown)[]): void {
  const [write, read] = steps.map((step) => median(Array.from({ length: 21 }, () => microsecondsOf(step))).toFixed(0));
  console.log(`  ${name.padEnd(16)} ${write!.padStart(5)} ${read!.padStart(5)} ${String(bytes).padStart(7)}`);
}

function microsecondsOf(step: () => unknown): number {
  const runs = 50;
  const startedAt = performance.now();
  for (let i = 0; i < runs; i++) step();
  return ((performance.now() - startedAt) / runs) * 1_000;
}

function median(values: number[]): number {
  return values.sort((one, other) => one - other)[Math.floor(values.length / 2)]!;
}

/** As `Query.posts` loads them. */
export function posts(count: number): unknown {
  const nodes = Array.from({ length: count }, (_, index) => ({
    ...{
      id: `post_${((index * 2_654_435_761) >>> 0).toString(36)}`,
      workspaceId: 'ws_01hx',
      campaignId: `cmp_${index % 5}`,
    },
    text: `Post number ${index} about coffee: beans, roasting, grinders. See you on ${(index % 28) + 1} May! #coffee`,
    ...{ status: ['DRAFT', 'SCHEDULED', 'PUBLISHED'][index % 3], likes: (index * 17) % 1_000 },
    createdAt: new Date(1.69e12 + index * 1.2345e6).toISOString(),
  }));
  return { nodes, totalCount: count, pageInfo: { hasNextPage: true, endCursor: 'abc' } };
}
