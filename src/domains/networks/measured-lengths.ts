import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NetworkName } from '../../generated/schema.ts';
import { FairTurns } from '../../limits/fair-turns.ts';
import { type TextLength, textLength } from './text-length.ts';

/** A text and the networks by whose rules it is measured. */
export interface Measurement {
  readonly networks: readonly NetworkName[];
  readonly text: string;
}

type Lengths = Partial<Record<NetworkName, TextLength>>;

/** Length of a text, in UTF-16 units, that is measured without waiting for a turn: 0.1 ms for all networks. */
const maxUnitsAtOnce = 1_000;

/**
 * Texts that are remembered, a few megabytes, and measurements of a workspace that may wait; one more fails with `UNAVAILABLE`. More
 * than one operation can ask for at its cost.
 */
const maxTexts = 5_000;

/**
 * Measures texts by the rules of networks. The lengths are remembered, so that a text is measured once for all fields and requests
 * that show it. The longest text takes 0.3 s: one long text is measured in each turn of the event loop, so that other requests are
 * served meanwhile, and workspaces take turns.
 */
export class MeasuredLengths {
  readonly #measure: typeof textLength;
  /** By the digest of the text. */
  readonly #remembered = new Map<string, Lengths>();
  /** Those of the last text, which are found without a digest: aliases ask again and again. */
  #last: { readonly text: string; readonly lengths: Lengths } = { text: '', lengths: {} };
  readonly #turns = new FairTurns({
    ...{ atMost: 1, resource: 'the measurement of a text', maxWaiting: maxTexts },
  });

  constructor(measure = textLength) {
    this.#measure = measure;
  }

  /** The lengths in the order of the networks. */
  async of(workspaceId: string, measurement: Measurement): Promise<TextLength[]> {
    if (measurement.text.length <= maxUnitsAtOnce) return this.#lengths(measurement);
    const end = await this.#turns.take(workspaceId);
    try {
      await nextTurn();
      return this.#lengths(measurement);
    } finally {
      end();
    }
  }

  #lengths({ networks, text }: Measurement): TextLength[] {
    if (text !== this.#last.text)
      this.#last = { text, lengths: this.#known(createHash('sha256').update(text).digest('base64')) };
    const { lengths } = this.#last;
    return networks.map((network) => {
      lengths[network] ??= this.#measure(network, text);
      return lengths[network];
    });
  }

  #known(digest: string): Lengths {
    let lengths = this.#remembered.get(digest);
    if (!lengths) {
      if (this.#remembered.size >= maxTexts) this.#remembered.delete(this.#remembered.keys().next().value!);
      lengths = {};
      this.#remembered.set(digest, lengths);
    }
    return lengths;
  }
}

const measuredLengths = new MeasuredLengths();

/** The lengths of a text, remembered by the process. `workspaceId` is the workspace that waits for its turn. */
export function lengthsOn(workspaceId: string, measurement: Measurement): Promise<TextLength[]> {
  return measuredLengths.of(workspaceId, measurement);
}
