import type { NetworkName } from '../../generated/schema.ts';

/** The text that a model is to write. */
export type AiTask =
  | {
      readonly kind: 'CAPTION';
      readonly prompt: string;
      readonly network: NetworkName | null;
      readonly tone: string | null;
    }
  | { readonly kind: 'HASHTAGS'; readonly text: string }
  | {
      readonly kind: 'REPLY';
      readonly contactName: string;
      /** Oldest first. */
      readonly messages: readonly { readonly direction: 'INBOUND' | 'OUTBOUND'; readonly text: string }[];
      readonly instruction: string | null;
    }
  | { readonly kind: 'ALT_TEXT'; readonly image: AiImage };

export interface AiImage {
  readonly fileName: string;
  readonly mimeType: string;
  readonly sha256: string;
  /** The bytes of the image, for a model that reads images. */
  read(): Promise<Uint8Array>;
}

export interface AiRequest {
  readonly task: AiTask;
  /** Id of one of the provider's models. */
  readonly model: string;
  /** The number of suggestions; for HASHTAGS, of hashtags in the one suggestion. */
  readonly count: number;
  readonly brandVoice: string;
  /** Equal for equal requests; different when a request is regenerated. */
  readonly seed: string;
}

export interface AiSuggestion {
  readonly text: string;
  /** Without #. */
  readonly hashtags: readonly string[];
}

/** The output of a model. */
export interface AiCompletion {
  readonly suggestions: readonly AiSuggestion[];
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface AiProviderModel {
  readonly id: string;
  readonly name: string;
  /** US dollars for a million tokens, as decimals. */
  readonly inputUsdPerMillion: string;
  readonly outputUsdPerMillion: string;
}

/** A source of AI models. Called outside any transaction. Throws its own failures as `AiProviderError`. */
export interface AiProvider {
  readonly name: string;
  /** The default first. */
  readonly models: readonly AiProviderModel[];
  generate(request: AiRequest, signal: AbortSignal): Promise<AiCompletion>;
}

/** A failure of the provider. Members read the message; it holds no secret. */
export class AiProviderError extends Error {
  override readonly name = 'AiProviderError';
  /** Whether the same request may succeed later. */
  readonly isRetryable: boolean;
  /** Whether the model wrote an answer, or may have: the provider charges for it though it is of no use. */
  readonly isCharged: boolean;
  constructor(
    message: string,
    { isRetryable, isCharged = false, cause }: { isRetryable: boolean; isCharged?: boolean; cause?: unknown },
  ) {
    super(message, { cause });
    this.isRetryable = isRetryable;
    this.isCharged = isCharged;
  }
}
