import type { NetworkName } from '../../generated/schema.ts';
import { textLength } from '../networks/text-length.ts';
import type { Pillar } from './brand.ts';
import { createDeck, type Random } from './random.ts';
import type { DemoTemplate } from './templates.ts';
import { fillTogether, type Writer } from './writer.ts';

export interface Caption {
  readonly text: string;
  /** Versions of the text, each shorter than the one before. The last one fits every network. */
  readonly shorter: readonly string[];
  readonly pillar: Pillar;
  readonly template: DemoTemplate | null;
}

export interface CaptionWriter {
  write(request: { pillars: readonly Pillar[]; day: string; templates: readonly DemoTemplate[] }): Caption;
}

const fromTemplateShare = 0.3;
const closingShare = 0.65;
const longShare = 0.15;
const attempts = 12;

/** Creates a writer of captions from the brand's texts and templates. It repeats a text only after twelve attempts for another. */
export function createCaptionWriter(pillars: readonly Pillar[], writer: Writer, random: Random): CaptionWriter {
  const texts = new Map(pillars.map((pillar) => [pillar, createDeck(random, pillar.texts)]));
  const closings = new Map(pillars.map((pillar) => [pillar, createDeck(random, pillar.closings)]));
  const written = new Set<string>();

  return {
    write({ pillars: allowed, day, templates }) {
      const fitting = templates.filter(({ pillar }) => allowed.includes(pillar));
      let source: { text: string; pillar: Pillar; template: DemoTemplate | null };
      let filled: string[] = [];
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const template =
          fitting.length > 0 && random.chance(fromTemplateShare) ? byPopularity(templates, fitting, random) : null;
        const pillar = template?.pillar ?? random.pickWeighted(allowed, ({ weight }) => weight);
        source = { pillar, template, text: template?.text ?? texts.get(pillar)!() };
        const more = random.chance(longShare) ? texts.get(pillar)!() : source.text;
        filled = fillTogether(writer, [source.text, ...(more === source.text ? [] : [more])], day);
        if (!written.has(filled[0]!)) break;
      }
      written.add(filled[0]!);
      const { pillar, template } = source!;
      const closing = random.chance(closingShare) ? closings.get(pillar)!() : null;
      const hashtags = random.shuffle(pillar.hashtags).slice(0, random.integer(1, 4));
      const [text, ...shorter] = versionsOf(filled, closing, hashtags);
      return { text: text!, shorter, pillar, template };
    },
  };
}

/** The shorter text for a network whose limit the caption exceeds; null if it is within the limit. */
export function overrideFor(caption: Caption, network: NetworkName): string | null {
  const fits = (text: string) => textLength(network, text).isWithinLimit;
  if (fits(caption.text)) return null;
  const found = caption.shorter.find(fits);
  if (found === undefined) throw new RangeError(`expected a text that ${network} accepts, but got "${caption.text}"`);
  return found;
}

function versionsOf([text, ...more]: readonly string[], closing: string | null, hashtags: readonly string[]): string[] {
  const tags = hashtags.map((hashtag) => `#${hashtag}`);
  const paragraphs = (...parts: (string | null | undefined)[]) => parts.filter(Boolean).join('\n\n');
  return [
    paragraphs(text, ...more, closing, tags.join(' ')),
    paragraphs(text, closing, tags.join(' ')),
    paragraphs(text, tags.join(' ')),
    paragraphs(text, tags[0]),
    text!,
  ];
}

/** A template by Zipf's law: a few templates are used most of the time. */
function byPopularity(all: readonly DemoTemplate[], fitting: readonly DemoTemplate[], random: Random): DemoTemplate {
  return random.pickWeighted(fitting, (template) => 1 / (all.indexOf(template) + 1) ** 1.1);
}
