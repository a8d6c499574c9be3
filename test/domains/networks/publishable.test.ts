import { describe, expect, it } from 'vitest';
import { postRules } from '../../../src/domains/networks/media-rules.ts';
import { type PostFile, refusalOf } from '../../../src/domains/networks/publishable.ts';
import type { NetworkName } from '../../../src/generated/schema.ts';

const networks = Object.keys(postRules) as NetworkName[];
const file = (mimeType: string, byteSize = 1_000): PostFile => ({ fileName: 'a file', mimeType, byteSize });
const [jpeg, gif, mp4, pdf] = ['image/jpeg', 'image/gif', 'video/mp4', 'application/pdf'].map((type) => file(type)) as [
  PostFile,
  PostFile,
  PostFile,
  PostFile,
];
const those = (fits: (network: NetworkName) => boolean) => networks.filter(fits);

describe('a network', () => {
  it.each(networks)('accepts no empty post: %s', (network) => {
    expect(refusalOf(network, { text: ' \n', media: [] })).toMatch(/accepts no empty post: add a text or media\.$/);
  });

  it.each(networks)('has a rule for each kind once, with limits that a post can reach: %s', (network) => {
    const { media, maxMedia } = postRules[network];
    expect(new Set(media.map(({ kind }) => kind)).size).toBe(media.length);
    for (const { maxCount, maxBytes, mimeTypes } of media) {
      expect(maxCount).toBeLessThanOrEqual(maxMedia);
      expect(maxBytes).toBeGreaterThan(0);
      expect(mimeTypes.length).toBeGreaterThan(0);
    }
  });

  it('needs media, says so', () => {
    const refusing = those((network) => refusalOf(network, { text: 'Hello', media: [] }) !== undefined);
    expect(refusing).toEqual(['INSTAGRAM', 'TIKTOK', 'YOUTUBE', 'PINTEREST']);
    expect(refusalOf('YOUTUBE', { text: 'Hello', media: [] })).toBe(
      'YouTube accepts no text without media: add videos.',
    );
  });

  it.each([
    ['an image alone', '', [jpeg], ['YOUTUBE']],
    ['a GIF', 'Hello', [gif], ['INSTAGRAM', 'THREADS', 'TIKTOK', 'YOUTUBE']],
    ['a video alone', '', [mp4], ['YOUTUBE']],
    ['a video', 'Hello', [mp4], []],
    ['two videos', 'Hello', [mp4, mp4], those((network) => !['INSTAGRAM', 'THREADS'].includes(network))],
    ['an image and a video', 'Hello', [jpeg, mp4], those((network) => !['INSTAGRAM', 'THREADS'].includes(network))],
    ['a document', 'Hello', [pdf], those((network) => network !== 'LINKEDIN')],
    ['five images', 'Hello', Array(5).fill(jpeg), ['X', 'YOUTUBE', 'MASTODON', 'BLUESKY']],
    ['an image of 6 MB', 'Hello', [file('image/jpeg', 6_000_000)], ['X', 'YOUTUBE', 'BLUESKY']],
  ])('refuses %s: as documented', (_name, text, media, refusing) => {
    expect(those((network) => refusalOf(network, { text, media }) !== undefined)).toEqual(refusing);
  });

  it('names what is in the way', () => {
    const said = (network: NetworkName, media: PostFile[], text = 'Hello') => refusalOf(network, { text, media });
    expect(said('INSTAGRAM', [gif])).toBe(
      'Instagram accepts no file of type image/gif (a file): expected image/jpeg, video/mp4.',
    );
    expect(said('X', [jpeg, mp4])).toBe('X accepts media of one kind in a post: images or videos.');
    expect(said('X', Array(5).fill(jpeg))).toBe('X accepts at most 4 images in a post, but got 5.');
    expect(said('BLUESKY', [file('image/png', 1_000_001)])).toBe(
      'Bluesky accepts at most 1000000 bytes in a file of type image/png, but a file has 1000001.',
    );
    expect(said('YOUTUBE', [mp4], '')).toBe('YouTube accepts no media without a text: add a text.');
    expect(said('INSTAGRAM', Array(11).fill(jpeg))).toBe('Instagram accepts at most 10 images in a post, but got 11.');
    expect(said('INSTAGRAM', [...Array(6).fill(jpeg), ...Array(6).fill(mp4)])).toBe(
      'Instagram accepts at most 10 files in a post, but got 12.',
    );
  });
});
