import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NetworkName } from '../../generated/schema.ts';
import { FairTurns } from '../../limits/fair-turns.ts';
import { UnavailableError } from '../../unavailable-error.ts';
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

  /** The lengths if they need no turn: of a short text, or of one that was measured before; else undefined. */
  known(measurement: Measurement): TextLength[] | undefined {
    const { networks, text } = measurement;
    if (text.length > maxUnitsAtOnce) {
      const known = this.#remembered.get(digestOf(text));
      if (!known || networks.some((network) => !known[network])) return undefined;
    }
    return this.#lengths(measurement);
  }

  #lengths({ networks, text }: Measurement): TextLength[] {
    if (text !== this.#last.text) this.#last = { text, lengths: this.#rememberedOf(digestOf(text)) };
    const { lengths } = this.#last;
    return networks.map((network) => {
      lengths[network] ??= this.#measure(network, text);
      return lengths[network];
    });
  }

  #rememberedOf(digest: string): Lengths {
    let lengths = this.#remembered.get(digest);
    if (!lengths) {
      if (this.#remembered.size >= maxTexts) this.#remembered.delete(this.#remembered.keys().next().value!);
      lengths = {};
      this.#remembered.set(digest, lengths);
    }
    return lengths;
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

const measuredLengths = new MeasuredLengths();

/** The lengths of a text, remembered by the process. `workspaceId` is the workspace that waits for its turn. */
export function lengthsOn(workspaceId: string, measurement: Measurement): Promise<TextLength[]> {
  return measuredLengths.of(workspaceId, measurement);
}

/** Long texts must be measured before a transaction can go on. */
class UnmeasuredError extends UnavailableError {
  readonly measurements: readonly Measurement[];

  constructor(measurements: readonly Measurement[]) {
    super('expected texts that do not change while they are measured, but got others again and again');
    this.measurements = measurements;
  }
}

/** The lengths of texts, in a transaction that `withMeasuredTexts` runs. */
export function lengthsInTransaction(measurements: readonly Measurement[]): TextLength[][] {
  const unmeasured = measurements.filter((one) => measuredLengths.known(one) === undefined);
  if (unmeasured.length > 0) throw new UnmeasuredError(unmeasured);
  return measurements.map((one) => measuredLengths.known(one)!);
}

/** How often a transaction is run again because another one has changed its texts meanwhile. */
const maxRepetitions = 3;

/**
 * Runs a transaction. One that needs the lengths of long texts is rolled back, and run again when they are measured: while it waited
 * for their turns, it would hold its connection.
 */
export async function withMeasuredTexts<T>(workspaceId: string, transaction: () => Promise<T>): Promise<T> {
  for (let repetition = 0; ; repetition++)
    try {
      return await transaction();
    } catch (error) {
      if (!(error instanceof UnmeasuredError) || repetition === maxRepetitions) throw error;
      for (const measurement of error.measurements) await lengthsOn(workspaceId, measurement);
    }
}
