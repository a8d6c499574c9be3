import { createHash } from 'node:crypto';
import { withSingleSpaces } from '../../text/folding.ts';
import { promptVersion } from './prompts.ts';

/** The SHA-256 of everything that the output may depend on. Requests of a workspace are equal if their fingerprints are. */
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
