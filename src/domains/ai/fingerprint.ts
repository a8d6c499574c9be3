import { createHash } from 'node:crypto';
import { promptVersion } from './prompts.ts';

/** Text as it is compared: composed (NFC), without spaces around it, with single ones inside. */
export function normalizeText(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ');
}

/** What makes two requests of a workspace equal: SHA-256 of everything that the answer may depend on. */
export function fingerprintOf(request: {
  kind: string;
  provider: string;
  model: string;
  brandVoice: string;
  count: number;
  /** The normalised input, and a digest of the context. */
  identity: readonly (string | null)[];
}): string {
  const { kind, provider, model, brandVoice, count, identity } = request;
  const parts = [kind, provider, model, promptVersion, normalizeText(brandVoice), count, identity];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
