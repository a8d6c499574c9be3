import type { NetworkName } from '../../generated/schema.ts';

/** What a model is to write. */
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
  /** Its bytes, for a model that can see. */
  read(): Promise<Uint8Array>;
}

export interface AiRequest {
  readonly task: AiTask;
  /** Id of one of the provider's models. */
  readonly model: string;
  /** Suggestions wanted; for HASHTAGS the hashtags of the one suggestion. */
  readonly count: number;
  readonly brandVoice: string;
  /** Equal for equal requests, another when the same is asked anew. */
  readonly seed: string;
}

export interface AiSuggestion {
  readonly text: string;
  /** Without #. */
  readonly hashtags: readonly string[];
}

export interface AiAnswer {
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

/** Who writes. It is asked outside any transaction; what is wrong on its side it throws as `AiProviderError`. */
export interface AiProvider {
  readonly name: string;
  /** The default first. */
  readonly models: readonly AiProviderModel[];
  generate(request: AiRequest, signal: AbortSignal): Promise<AiAnswer>;
}

/** The provider did not do its part; the message is for the team to read and holds no secret. */
export class AiProviderError extends Error {
  override readonly name = 'AiProviderError';
  /** Whether the same request may succeed later. */
  readonly isRetryable: boolean;
  constructor(message: string, { isRetryable, cause }: { isRetryable: boolean; cause?: unknown }) {
    super(message, { cause });
    this.isRetryable = isRetryable;
  }
}
