import type { MediaKind, NetworkName } from '../../generated/schema.ts';
import { postRules } from '../networks/media-rules.ts';
import type { Pillar } from './brand.ts';
import type { DemoAsset } from './media-assets.ts';
import { deal, type Random } from './random.ts';

const unusedShare = 0.25;
const withoutMediaShare = 0.15;
const videoShare = 0.15;
/** Whether all networks of a post accept a kind of media. */
const accept = (networks: readonly NetworkName[], kind: MediaKind) =>
  networks.every((network) => postRules[network].media.some((rule) => rule.kind === kind));

/** Chooses media that fit a post's subject and networks. A quarter of the library, including all documents, stays unused. */
export function createMediaChooser(assets: readonly DemoAsset[], random: Random) {
  const documents = assets.filter(({ kind }) => kind === 'document').length;
  const visible = assets.filter(({ kind }) => kind !== 'document');
  const unused = Math.round(assets.length * unusedShare) - documents;
  const fates = deal(random, visible.length, { unused, used: visible.length - unused });
  const used = visible.filter((_, index) => fates[index] === 'used');
  const shelves = new Map<string, { asset: DemoAsset; createdMs: number; uses: number }[]>();
  for (const asset of used) {
    const label = `${asset.kind} ${asset.pillar?.name}`;
    const shelf = shelves.get(label) ?? [];
    shelves.set(label, [...shelf, { asset, createdMs: Date.parse(asset.row.createdAt), uses: 0 }]);
  }

  /** The least used asset that existed at `byMs`; undefined if the subject has none of the kind. */
  const next = ({ pillar, kind, byMs }: { pillar: Pillar; kind: DemoAsset['kind']; byMs: number }) => {
    const fitting = (shelves.get(`${kind} ${pillar.name}`) ?? []).filter(({ createdMs }) => createdMs < byMs);
    const least = Math.min(...fitting.map(({ uses }) => uses));
    const chosen = fitting.find(({ uses }) => uses === least);
    if (chosen) chosen.uses += 1;
    return chosen?.asset;
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
      const needsVideo = !accept(networks, 'IMAGE') || networks.includes('TIKTOK');
      if (needsVideo || random.chance(videoShare)) {
        const video = next({ pillar, kind: 'video', byMs });
        if (video) return [video];
      }
      const needsMedia = networks.some((network) => postRules[network].needsMedia);
      if (!needsMedia && random.chance(withoutMediaShare)) return [];
      const images = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => next({ pillar, kind: 'image', byMs }));
      return [...new Set(images)].filter((image) => image !== undefined);
    },
  };
}
