import type {
  GenerateAltTextInput,
  GenerateCaptionInput,
  GenerateHashtagsInput,
  SuggestReplyInput,
} from '../../generated/schema.ts';
import { withSingleSpaces } from '../../text/folding.ts';
import type { Context } from '../context.ts';
import { invalid, notFound, Refusal } from '../errors.ts';
import { Problems } from '../problems.ts';
import { type AiImage, AiProviderError, type AiTask } from './provider.ts';

/** A validated request. */
export interface GenerationRequest {
  readonly task: AiTask;
  /** The text of the member; null if there is none. */
  readonly prompt: string | null;
  /** The normalised input and a digest of the context. Requests of a kind are equal if it is. */
  readonly identity: readonly (string | null)[];
  /** The account of the conversation that is replied to; null for other tasks. */
  readonly accountId: string | null;
  readonly count: number;
  readonly model: string | null;
  readonly regenerate: boolean;
}

const maxSuggestions = 10;
const maxHashtags = 30;
const maxCaptionPromptLength = 4_000;
const maxHashtagTextLength = 10_000;
const maxInstructionLength = 1_000;
const maxToneLength = 100;
const messagesOfContext = 20;

export function captionRequest(input: GenerateCaptionInput): GenerationRequest {
  const problems = new Problems();
  const prompt = problems.title('prompt', input.prompt, maxCaptionPromptLength);
  const tone = problems.text('tone', input.tone ?? '', maxToneLength).trim() || null;
  const count = countOf(input.count, { usual: 3, most: maxSuggestions }, problems);
  problems.settle();
  const network = input.network ?? null;
  const identity = [withSingleSpaces(prompt), network, tone && withSingleSpaces(tone)];
  const task = { kind: 'CAPTION', prompt, network, tone } as const;
  return { task, prompt, identity, accountId: null, count, ...choicesOf(input) };
}

export function hashtagsRequest(input: GenerateHashtagsInput): GenerationRequest {
  const problems = new Problems();
  const text = problems.title('text', input.text, maxHashtagTextLength);
  const count = countOf(input.count, { usual: 10, most: maxHashtags }, problems);
  problems.settle();
  return {
    task: { kind: 'HASHTAGS', text },
    prompt: text,
    identity: [withSingleSpaces(text)],
    accountId: null,
    count,
    ...choicesOf(input),
  };
}

/** The id of the last message is the digest of the conversation: a further message makes the request a different one. */
export async function replyRequest(input: SuggestReplyInput, { loaders }: Context): Promise<GenerationRequest> {
  const { conversationId } = input;
  const problems = new Problems();
  const instruction = problems.text('instruction', input.instruction ?? '', maxInstructionLength).trim() || null;
  const count = countOf(input.count, { usual: 3, most: maxSuggestions }, problems);
  const conversation = await loaders.inbox.conversation.load(conversationId);
  if (!conversation) problems.add(notFound('conversationId', 'Conversation', conversationId));
  problems.settle();

  const page = { limit: messagesOfContext, after: null };
  const { nodes } = await loaders.inbox.messages.load({ conversationId, page });
  const messages = nodes.map(({ direction, text }) => ({ direction, text })).reverse();
  return {
    task: { kind: 'REPLY', contactName: conversation?.contactName ?? '', messages, instruction },
    prompt: instruction,
    identity: [conversationId, nodes[0]?.id ?? null, instruction && withSingleSpaces(instruction)],
    accountId: conversation?.accountId ?? null,
    count,
    ...choicesOf(input),
  };
}

/** The digest of an image is the hash of its bytes, so that a file that is uploaded twice is described once. */
export async function altTextRequest(
  input: GenerateAltTextInput,
  { loaders, ports }: Context,
): Promise<GenerationRequest> {
  const asset = await loaders.media.asset.load(input.mediaAssetId);
  if (!asset) throw new Refusal([notFound('mediaAssetId', 'Media asset', input.mediaAssetId)]);
  if (!asset.mimeType.startsWith('image/'))
    throw new Refusal([invalid('mediaAssetId', `Expected an image, but got ${asset.mimeType}.`)]);
  const image: AiImage = {
    fileName: asset.fileName,
    mimeType: asset.mimeType,
    sha256: asset.sha256,
    async read() {
      const file = await ports.media.open(asset.storageKey);
      if (!file) throw new AiProviderError('The file of the image is missing.', { isRetryable: false });
      return Buffer.concat(await file.stream.toArray());
    },
  };
  const task = { kind: 'ALT_TEXT', image } as const;
  return { task, prompt: null, identity: [asset.sha256], accountId: null, count: 1, ...choicesOf(input) };
}

function choicesOf(input: { model?: string | null; regenerate?: boolean | null }) {
  return { model: input.model ?? null, regenerate: input.regenerate ?? false };
}

function countOf(
  requested: number | null | undefined,
  { usual, most }: { usual: number; most: number },
  problems: Problems,
) {
  const count = requested ?? usual;
  if (count < 1 || count > most) problems.add(invalid('count', `Expected 1–${most}, but got ${count}.`));
  return count;
}
