import type { Insertable } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import { withSingleSpaces } from '../../text/folding.ts';
import { costUsd } from '../ai/cost.ts';
import { fingerprintOf } from '../ai/fingerprint.ts';
import type { AiSuggestion } from '../ai/provider.ts';
import { today } from '../date-range.ts';
import type { CaptionWriter } from './captions.ts';
import type { DemoConversation } from './conversations.ts';
import type { DemoAsset } from './media-assets.ts';
import { createDeck, deal } from './random.ts';
import { dayMs, hourMs, iso, type Stage, seededId } from './stage.ts';
import { fillTogether, type Writer } from './writer.ts';

type GenerationRow = Insertable<Tables['aiGenerations']>;
type Kind = GenerationRow['kind'];

export type Model = Pick<Tables['aiModels'], 'id' | 'provider' | 'inputUsdPerMillion' | 'outputUsdPerMillion'>;

export interface GenerationMaterial {
  readonly model: Model;
  readonly writer: Writer;
  readonly captions: CaptionWriter;
  readonly conversations: readonly DemoConversation[];
  readonly assets: readonly DemoAsset[];
  readonly members: readonly string[];
}

const generationKindShares = { CAPTION: 60, HASHTAGS: 15, REPLY: 15, ALT_TEXT: 10 } as const;
const reusedShare = 0.25;
const days = 45;

/** A request and its output, with the identity of a real request, so that an equal request of a visitor reuses it. */
interface DemoCompletion {
  readonly prompt: string | null;
  readonly identity: readonly (string | null)[];
  readonly count: number;
  readonly suggestions: readonly AiSuggestion[];
  /** The account of the conversation that is replied to. */
  readonly accountId?: string | null;
}

export function makeGenerations(stage: Stage, material: GenerationMaterial): GenerationRow[] {
  const { random, size, nowMs } = stage;
  const reusedCount = Math.round(size.generations * reusedShare);
  const complete = createCompletions(stage, material);
  const ages = Array.from({ length: size.generations }, () => random.next() * days * dayMs + hourMs).sort(
    (a, b) => b - a,
  );
  // Shares of originals; a reused generation has the kind of its original.
  const kinds = deal(random, size.generations - reusedCount, generationKindShares);
  const isReused = deal(random, size.generations - 2, {
    reused: reusedCount,
    original: size.generations - 2 - reusedCount,
  });
  const originals: GenerationRow[] = [];

  return ages.map((age, index) => {
    const createdMs = nowMs - age;
    if (index >= 2 && isReused[index - 2] === 'reused')
      return reuse(stage, random.pick(originals), { createdMs, material });
    const kind = kinds[originals.length]!;
    const original = originalOf(stage, { kind, completion: complete(kind, createdMs), createdMs, material });
    originals.push(original);
    return original;
  });
}

function originalOf(
  { brand, random, workspaceId }: Stage,
  {
    kind,
    completion,
    createdMs,
    material,
  }: { kind: Kind; completion: DemoCompletion; createdMs: number; material: GenerationMaterial },
): GenerationRow {
  const { prompt, identity, count, suggestions, accountId = null } = completion;
  const { model, members } = material;
  const tokens = {
    inputTokens: 220 + tokensOf(brand.voice) + tokensOf(prompt ?? '') + (kind === 'ALT_TEXT' ? 765 : 0),
    outputTokens: suggestions.reduce((sum, { text }) => sum + tokensOf(text) + 12, 0),
  };
  return {
    ...{ id: seededId(random, 'AiGeneration', createdMs), workspaceId, kind, accountId, prompt },
    modelId: model.id,
    fingerprint: fingerprintOf({
      kind,
      provider: model.provider,
      model: model.id,
      brandVoice: brand.voice,
      count,
      identity,
    }),
    ...{ suggestions, ...tokens, costUsd: costUsd(tokens, model), reusedFrom: null },
    ...{ requestedById: random.pick(members), createdAt: iso(createdMs) },
  };
}

function reuse(
  { random }: Stage,
  original: GenerationRow,
  { createdMs, material }: { createdMs: number; material: GenerationMaterial },
): GenerationRow {
  return {
    ...original,
    ...{ id: seededId(random, 'AiGeneration', createdMs), reusedFrom: original.id },
    ...{ inputTokens: 0, outputTokens: 0, costUsd: '0.000000' },
    ...{ requestedById: random.pick(material.members), createdAt: iso(createdMs) },
  };
}

function createCompletions(stage: Stage, { writer, captions, conversations, assets }: GenerationMaterial) {
  const { brand, random } = stage;
  const prompts = createDeck(
    random,
    brand.pillars.flatMap((pillar) => pillar.prompts.map((prompt) => ({ pillar, prompt }))),
  );
  const pillars = createDeck(random, brand.pillars);
  const threads = createDeck(random, conversations);
  const images = createDeck(
    random,
    assets.filter(({ kind }) => kind === 'image'),
  );

  return (kind: Kind, createdMs: number): DemoCompletion => {
    const day = today(brand.timeZone, new Date(createdMs));
    switch (kind) {
      case 'CAPTION': {
        const { pillar, prompt } = prompts();
        const texts = random.shuffle(pillar.texts).slice(0, 3);
        const [filledPrompt, ...written] = fillTogether(writer, [prompt, ...texts], day) as [string, ...string[]];
        const suggestions = written.map((text) => suggestionOf(text, random.shuffle(pillar.hashtags).slice(0, 3)));
        return {
          prompt: filledPrompt,
          identity: [withSingleSpaces(filledPrompt), null, null],
          count: 3,
          suggestions,
        };
      }
      case 'HASHTAGS': {
        const [first, second] = [pillars(), pillars()];
        const text = captions.write({ pillars: [first], day, templates: [] }).text.split('\n\n')[0]!;
        const hashtags = [...new Set([...first.hashtags, ...second.hashtags])].slice(0, 10);
        const suggestion = { text: hashtags.map((hashtag) => `#${hashtag}`).join(' '), hashtags };
        return { prompt: text, identity: [withSingleSpaces(text)], count: 10, suggestions: [suggestion] };
      }
      case 'REPLY': {
        const { row, messages } = threads();
        const suggestions = random
          .shuffle(brand.savedReplies)
          .slice(0, 3)
          .map(({ body }) => ({ text: `Hi ${row.contactName.split(' ')[0]}! ${body}`, hashtags: [] }));
        return {
          prompt: null,
          identity: [row.id, messages.at(-1)!.id, null],
          count: 3,
          suggestions,
          accountId: row.accountId,
        };
      }
      case 'ALT_TEXT': {
        const { row, description } = images();
        return { prompt: null, identity: [row.sha256], count: 1, suggestions: [{ text: description, hashtags: [] }] };
      }
    }
  };
}

function suggestionOf(text: string, hashtags: readonly string[]): AiSuggestion {
  return { text: `${text}\n\n${hashtags.map((hashtag) => `#${hashtag}`).join(' ')}`, hashtags };
}

/** Estimates about four characters a token, as in English. */
function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}
