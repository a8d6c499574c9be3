import type { EngineParts } from './engine-parts.ts';

/**
 * The sizes of all internal tables of a cache. Dead entries count until their space is needed. `remembered` counts records of
 * removed keys; all other numbers are 0 in an empty cache.
 */
export interface TableSizes {
  entries: number;
  bytes: number;
  tags: number;
  tagBytes: number;
  flights: number;
  remembered: number;
}

export function tableSizesOf({ ledger, loads, stores }: EngineParts): TableSizes {
  const sum = {
    entries: 0,
    bytes: 0,
    tags: ledger.size,
    tagBytes: ledger.bytes,
    flights: loads.running,
    remembered: 0,
  };
  for (const store of stores.only().values()) {
    sum.entries += store.size;
    sum.bytes += store.bytes;
    sum.remembered += store.removedKeys;
  }
  return sum;
}
