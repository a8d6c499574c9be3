import type { Generated } from 'kysely';

export interface AiModelsTable {
  id: string;
  name: string;
  provider: string;
  inputUsdPerMillion: string;
  outputUsdPerMillion: string;
  position: number;
}

export interface AiGenerationsTable {
  id: string;
  workspaceId: string;
  kind: 'CAPTION' | 'HASHTAGS' | 'REPLY' | 'ALT_TEXT';
  prompt: string | null;
  modelId: string;
  accountId: string | null;
  fingerprint: string;
  suggestions: unknown;
  inputTokens: Generated<number>;
  outputTokens: Generated<number>;
  costUsd: Generated<string>;
  reusedFrom: string | null;
  requestedById: string | null;
  createdAt: string;
}

export interface AiBudgetsTable {
  workspaceId: string;
  month: string;
  used: number;
}
