/**
 * `@magpie/cache/entries`: for an adapter that binds the cache to a protocol and needs more than values, such as the text that it
 * makes of an entry. Such an adapter must not write to entries.
 */
export type { NewAttachment } from './attachments.ts';
export { REFERENCE, textBytes } from './bytes.ts';
export { entriesOf } from './cache.ts';
export { shortKeyOfParsed } from './canonical-key.ts';
export type { CacheOptions as EntryCacheOptions } from './engine-parts.ts';
export type { Attachment, Entry } from './entry.ts';
export { EntryCache } from './entry-cache.ts';
export { Experiment, type ExperimentOptions, type Trial } from './experiment.ts';
export { Histogram, type Latency } from './histogram.ts';
export {
  categoryTag,
  engineTags,
  isKeyTag,
  keyTag,
  namespaceCategoryTag,
  namespaceOfEngineTag,
  namespaceTag,
} from './keys-and-tags.ts';
export { windowMs } from './recent-counters.ts';
export { type Report, readReport, reportOf } from './report.ts';
export type { CategoryTotals } from './totals.ts';
