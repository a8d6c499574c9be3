import type { Resolvers, UpdateSettingsInput } from '../../generated/schema.ts';
import { shown } from '../../text/shown.ts';
import { invalid, Refusal, staleRevision } from '../errors.ts';
import { canonicalLocale } from '../locale.ts';
import { mutation, type Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { canonicalTimeZone } from '../time-zones/rules.ts';
import { findSettings, lockSettings, type SettingsRecord } from './repository.ts';

const maxBrandVoiceLength = 2_000;

export const settingsResolvers: Resolvers = {
  Query: {
    settings: (_parent, _args, { queries, viewer }) => findSettings(queries, viewer.workspaceId),
  },
  Mutation: {
    updateSettings: mutation(updateSettings),
  },
};

type Values = Pick<SettingsRecord, 'timeZone' | 'locale' | 'weekStartsOn' | 'requiresApproval' | 'brandVoice'>;

async function updateSettings(input: UpdateSettingsInput, transaction: Transaction) {
  const { queries, viewer, changes, now } = transaction;
  const before = await lockSettings(queries, viewer.workspaceId);
  if (input.expectedRevision != null && input.expectedRevision !== before.revision)
    throw new Refusal([staleRevision(input.expectedRevision, before.revision)]);

  const after = valuesAfter(input, before);
  const names = Object.keys(after) as (keyof Values)[];
  const changed = names.filter((name) => after[name] !== before[name]);
  // Also what is so already: the process that changed it may have died before it told the others.
  changes.add('WorkspaceSettings', before.id, ...names.filter((name) => input[name] != null || changed.includes(name)));
  if (changed.length === 0) return { settings: before };
  await queries
    .updateTable('settings')
    .set({ ...after, revision: before.revision + 1, updatedAt: now.toISOString() })
    .where('id', '=', before.id)
    .execute();
  return { settings: { ...before, ...after, revision: before.revision + 1 } };
}

function valuesAfter(input: UpdateSettingsInput, before: Values): Values {
  const problems = new Problems();
  const brandVoice = problems.text('brandVoice', input.brandVoice ?? before.brandVoice, maxBrandVoiceLength).trim();
  const locale = input.locale == null ? before.locale : canonicalLocale(input.locale, problems);
  const timeZone = input.timeZone == null ? before.timeZone : canonicalTimeZone(input.timeZone);
  if (timeZone === undefined) {
    problems.add(
      invalid('timeZone', `Expected an IANA time zone such as Europe/Vienna, but got ${shown(input.timeZone)}.`),
    );
  }
  problems.settle();
  return {
    timeZone: timeZone ?? before.timeZone,
    locale,
    weekStartsOn: input.weekStartsOn ?? before.weekStartsOn,
    requiresApproval: input.requiresApproval ?? before.requiresApproval,
    brandVoice,
  };
}
