import { createHash } from 'node:crypto';
import { withSingleSpaces } from '../../text/folding.ts';
import { promptVersion } from './prompts.ts';

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
  const parts = [kind, provider, model, promptVersion, withSingleSpaces(brandVoice), count, identity];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
