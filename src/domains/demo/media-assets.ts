import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Insertable } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import { capitalized } from '../../text/words.ts';
import type { Brand, Pillar } from './brand.ts';
import { mp4Of } from './files/mp4.ts';
import { pdfOf } from './files/pdf.ts';
import { createRandom, type Random } from './random.ts';
import { dayMs, iso, type Stage, seededId } from './stage.ts';

export interface DemoAsset {
  readonly row: Insertable<Tables['mediaAssets']>;
  readonly bytes: Uint8Array;
  readonly kind: 'image' | 'video' | 'document';
  /** Null for documents. */
  readonly pillar: Pillar | null;
  /** The alternative text that a model would write. */
  readonly description: string;
}

const shares = { image: 0.75, video: 0.2 };
const missingAltTextShare = 0.3;

const framings = [
  { name: 'close-up', words: 'Close-up of' },
  { name: 'wide', words: 'Wide shot of' },
  { name: 'detail', words: 'Detail of' },
  { name: 'from-the-side', words: 'Side view of' },
];

/** Creates a library of small, real files. Takes of the same motif share their content, but not their storage key. */
export function makeMediaAssets(stage: Stage): DemoAsset[] {
  const { brand, size, workspaceId, random, nowMs } = stage;
  const imageCount = Math.round(size.mediaAssets * shares.image);
  const videoCount = Math.round(size.mediaAssets * shares.video);
  const things = [
    ...imagesOf(brand).slice(0, imageCount),
    ...videosOf(brand).slice(0, videoCount),
    ...documentsOf(brand).slice(0, size.mediaAssets - imageCount - videoCount),
  ];
  const files = createFiles(brand);
  return random.shuffle(things).map((thing) => {
    // Half are older than every post, the others are of the last year.
    const ageDays = random.chance(0.5) ? random.integer(396, 418) : random.integer(0, 395);
    const createdMs = nowMs - ageDays * dayMs - random.integer(1, dayMs);
    const { bytes, sha256, mimeType } = files.of(thing);
    const row = {
      ...{ id: seededId(random, 'MediaAsset', createdMs), workspaceId, fileName: thing.fileName },
      ...{ mimeType, byteSize: bytes.byteLength, sha256, storageKey: storageKey(random) },
      altText: random.chance(missingAltTextShare) ? null : thing.description,
      createdAt: iso(createdMs),
    };
    return { row, bytes, kind: thing.kind, pillar: thing.pillar, description: thing.description };
  });
}

interface Thing extends Pick<DemoAsset, 'kind' | 'pillar' | 'description'> {
  /** The name of the motif; takes of one motif have the same content. */
  readonly name: string;
  readonly fileName: string;
}

const takes = 24;

/** One take of all pictures, then the next take, so that any beginning of the list has pictures of many pillars. */
function imagesOf({ pillars }: Brand): Thing[] {
  return Array.from({ length: takes }).flatMap((_, take) => {
    const framing = framings[take % framings.length]!;
    return pillars.flatMap((pillar) =>
      pillar.pictures.map(({ name, shows }) => ({
        ...{ kind: 'image' as const, pillar, name, description: `${framing.words} ${shows}` },
        fileName: `${name}-${framing.name}${numbered(Math.floor(take / framings.length))}.jpg`,
      })),
    );
  });
}

function videosOf({ pillars }: Brand): Thing[] {
  return Array.from({ length: takes }).flatMap((_, take) =>
    pillars.map((pillar) => ({
      ...{ kind: 'video' as const, pillar, name: pillar.video.name, description: `Video: ${pillar.video.shows}` },
      fileName: `${pillar.video.name}${numbered(take)}.mp4`,
    })),
  );
}

function documentsOf({ documents }: Brand): Thing[] {
  return Array.from({ length: takes }).flatMap((_, take) =>
    documents.map((name) => {
      const title = capitalized(name.replaceAll('-', ' '));
      return {
        kind: 'document' as const,
        pillar: null,
        name,
        description: title,
        fileName: `${name}${numbered(take)}.pdf`,
      };
    }),
  );
}

function numbered(round: number): string {
  return round === 0 ? '' : `-${round + 1}`;
}

/** Reads or makes the content of each motif once. */
function createFiles({ palette, pictures, name: brandName }: Brand) {
  const files = new Map<string, { bytes: Uint8Array; sha256: string; mimeType: string }>();
  const contentOf = ({ kind, name, description }: Thing): Uint8Array => {
    if (kind === 'image') return readFileSync(new URL(`${name}.jpg`, pictures));
    if (kind === 'document') return pdfOf(`${brandName.replaceAll(/[^ -~]/g, '')}: ${description}`);
    const [top, bottom] = createRandom(files.size + 1).shuffle(palette) as [string, string];
    return mp4Of(top, bottom);
  };
  return {
    of(thing: Thing) {
      const known = files.get(thing.name);
      if (known) return known;
      const bytes = contentOf(thing);
      const file = {
        bytes,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        mimeType: { image: 'image/jpeg', video: 'video/mp4', document: 'application/pdf' }[thing.kind],
      };
      files.set(thing.name, file);
      return file;
    },
  };
}

/** A key in the format of `newStorageKey`. It can be guessed from the seed, as the rest of the demo. */
function storageKey(random: Random): string {
  return Array.from({ length: 6 }, () =>
    random
      .integer(0, 2 ** 32 - 1)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}
