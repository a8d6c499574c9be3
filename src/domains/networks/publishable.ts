import type { MediaKind, NetworkName } from '../../generated/schema.ts';
import { type MediaRule, type PostRules, postRules } from './media-rules.ts';
import { networkNames } from './names.ts';

/** The properties of a post's file on which networks have rules. */
export interface PostFile {
  readonly fileName: string;
  readonly mimeType: string;
  readonly byteSize: number;
}

export interface PostContent {
  readonly text: string;
  readonly media: readonly PostFile[];
}

/** Why a network would refuse a post, other than the length of its text; undefined if it would not. */
export function refusalOf(network: NetworkName, { text, media }: PostContent): string | undefined {
  const rules = postRules[network];
  const name = networkNames[network];
  const hasText = text.trim() !== '';
  if (!hasText && media.length === 0) return `${name} accepts no empty post: add a text or media.`;
  if (rules.needsMedia && media.length === 0) return `${name} accepts no text without media: add ${kindsOf(rules)}.`;
  if (rules.needsText && !hasText) return `${name} accepts no media without a text: add a text.`;
  return mediaRefusal(rules, media, name);
}

function mediaRefusal(rules: PostRules, media: readonly PostFile[], name: string): string | undefined {
  const counts = new Map<MediaRule, number>();
  for (const { fileName, mimeType, byteSize } of media) {
    const rule = rules.media.find(({ mimeTypes }) => mimeTypes.some((type) => type === mimeType));
    if (!rule) return `${name} accepts no file of type ${mimeType} (${fileName}): expected ${typesOf(rules)}.`;
    if (byteSize > rule.maxBytes)
      return `${name} accepts at most ${rule.maxBytes} bytes in a file of type ${mimeType}, but ${fileName} has ${byteSize}.`;
    counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  if (counts.size > 1 && !rules.mixesKinds) return `${name} accepts media of one kind in a post: ${kindsOf(rules)}.`;
  for (const [{ kind, maxCount }, count] of counts)
    if (count > maxCount) return `${name} accepts at most ${maxCount} ${kindNames[kind]} in a post, but got ${count}.`;
  if (media.length > rules.maxMedia)
    return `${name} accepts at most ${rules.maxMedia} files in a post, but got ${media.length}.`;
  return undefined;
}

const kindNames: Readonly<Record<MediaKind, string>> = { IMAGE: 'images', VIDEO: 'videos', DOCUMENT: 'documents' };

const kindsOf = ({ media }: PostRules) => media.map(({ kind }) => kindNames[kind]).join(' or ');
const typesOf = ({ media }: PostRules) => media.flatMap(({ mimeTypes }) => mimeTypes).join(', ');
