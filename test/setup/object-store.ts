import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { onTestFinished } from 'vitest';
import type { ObjectStoreOptions } from '../../src/domains/media/object-store.ts';
import { createFolder } from './folders.ts';

/** A server that speaks S3, with one bucket, for as long as the test runs. */
export async function startObjectStore(): Promise<ObjectStoreOptions & { endpoint: string }> {
  const bucket = 'magpie-media';
  const directory = join(await createFolder(), 'buckets');
  const server = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: bucket }] },
  });
  const { port }: AddressInfo = await server.run();
  onTestFinished(() => server.close());
  return {
    bucket,
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }, // the pair that it knows
  };
}
