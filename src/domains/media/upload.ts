import { createHash } from 'node:crypto';
import { UnknownOutcomeError } from '../../database/errors.ts';
import type { UploadMediaInput } from '../../generated/schema.ts';
import { isBlank } from '../../text/folding.ts';
import type { Context } from '../context.ts';
import { invalid, limitReached, Refusal } from '../errors.ts';
import { newId } from '../ids.ts';
import { inTransaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { safeFileName } from './file-name.ts';
import { typeOfFile } from './file-types.ts';
import type { MediaAssetRecord } from './repository.ts';
import { newStorageKey } from './store.ts';
import { isUploadedFile, type UploadedFile } from './uploaded-file.ts';

const maxFileBytes = 10 * 1024 * 1024;
const maxAltTextLength = 1_000;

/** Stores a file, then its row: a row without a file would be a broken image, while a file without a row is harmless. */
export async function uploadMedia(
  { file, altText }: UploadMediaInput,
  context: Context,
): Promise<{ mediaAsset: MediaAssetRecord }> {
  const problems = new Problems();
  const description = altTextOf(altText, problems);
  problems.settle();
  const { bytes, mimeType } = await readFile(file);

  const mediaAsset: MediaAssetRecord = {
    id: newId('MediaAsset'),
    fileName: safeFileName(file.name ?? '') || 'untitled',
    mimeType,
    byteSize: bytes.byteLength,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    storageKey: newStorageKey(),
    altText: description,
    createdAt: context.now.toISOString(),
  };
  await context.ports.media.put(mediaAsset.storageKey, bytes);
  try {
    await inTransaction(context, async ({ queries, viewer }) => {
      await queries
        .insertInto('mediaAssets')
        .values({ ...mediaAsset, workspaceId: viewer.workspaceId })
        .execute();
    });
  } catch (error) {
    // After a commit with unknown outcome the row may exist, so its file is kept.
    if (!(error instanceof UnknownOutcomeError)) await context.ports.media.remove(mediaAsset.storageKey);
    throw error;
  }
  return { mediaAsset };
}

/** The alternative text to store; null if it has no visible character. */
export function altTextOf(altText: string | null | undefined, problems: Problems): string | null {
  const description = problems.text('altText', altText ?? '', maxAltTextLength).trim();
  return isBlank(description) ? null : description;
}

async function readFile(file: UploadedFile): Promise<{ bytes: Uint8Array; mimeType: string }> {
  if (!isUploadedFile(file))
    throw new Refusal([invalid('file', `Expected a file of a multipart/form-data request, but got ${typeof file}.`)]);
  if (file.size > maxFileBytes) {
    const message = `Expected a file of at most ${maxFileBytes} bytes, but got ${file.size}.`;
    throw new Refusal([limitReached('file', maxFileBytes, message)]);
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const type = typeOfFile(bytes);
  if (type.mimeType === undefined)
    throw new Refusal([invalid('file', `Expected PNG, JPEG, GIF, WebP, MP4 or PDF, but got ${type.found}.`)]);
  return { bytes, mimeType: type.mimeType };
}
