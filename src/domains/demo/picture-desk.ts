import type { NetworkName } from '../../generated/schema.ts';
import type { Pillar } from './brand.ts';
import type { DemoAsset } from './media-assets.ts';
import { deal, type Random } from './random.ts';

const unusedShare = 0.25;
const withoutMediaShare = 0.15;
const videoShare = 0.15;
const videoNetworks: readonly NetworkName[] = ['TIKTOK', 'YOUTUBE'];

/** Chooses media that fit a post's subject and networks. A quarter of the library, all documents among it, stays unused. */
export function createPictureDesk(assets: readonly DemoAsset[], random: Random) {
  const documents = assets.filter(({ kind }) => kind === 'document').length;
  const visible = assets.filter(({ kind }) => kind !== 'document');
  const unused = Math.round(assets.length * unusedShare) - documents;
  const fates = deal(random, visible.length, { unused, used: visible.length - unused });
  const used = visible.filter((_, index) => fates[index] === 'used');
  const uses = new Map(used.map((asset) => [asset, 0]));

  /** The least used that was there by then; undefined when the subject has none of that kind. */
  const next = ({ pillar, kind, byMs }: { pillar: Pillar; kind: DemoAsset['kind']; byMs: number }) => {
    const fitting = used.filter(
      (asset) => asset.pillar === pillar && asset.kind === kind && Date.parse(asset.row.createdAt) < byMs,
    );
    const least = Math.min(...fitting.map((asset) => uses.get(asset)!));
    const asset = fitting.find((candidate) => uses.get(candidate) === least);
    if (asset) uses.set(asset, least + 1);
    return asset;
  };

  return {
    choose({
      pillar,
      networks,
      byMs,
    }: {
      pillar: Pillar;
      networks: readonly NetworkName[];
      byMs: number;
    }): DemoAsset[] {
      const needsVideo = networks.some((network) => videoNetworks.includes(network));
      if (needsVideo || random.chance(videoShare)) {
        const video = next({ pillar, kind: 'video', byMs });
        if (video) return [video];
      }
      if (random.chance(withoutMediaShare)) return [];
      const images = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => next({ pillar, kind: 'image', byMs }));
      return [...new Set(images)].filter((image) => image !== undefined);
    },
  };
}
