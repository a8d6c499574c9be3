import type { Insertable } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import { addDays, today } from '../date-range.ts';
import { type AccountRow, type AccountStatus, makeAccounts } from './accounts.ts';
import type { Brand, TeamMember } from './brand.ts';
import type { Batch } from './bulk-insert.ts';
import { makeCampaigns } from './campaigns.ts';
import { createCaptionWriter } from './captions.ts';
import { makeConversations } from './conversations.ts';
import { type Model, makeGenerations } from './generations.ts';
import { makeMediaAssets } from './media-assets.ts';
import { makeMetrics } from './metrics.ts';
import type { People } from './people.ts';
import { makePosts } from './posts.ts';
import type { Random } from './random.ts';
import { dayMs, iso, type Size, type Stage, seededId } from './stage.ts';
import { makeTemplates } from './templates.ts';
import { createWriter } from './writer.ts';

type MembershipRow = Insertable<Tables['memberships']>;

export interface DemoWorkspace {
  readonly id: string;
  readonly name: string;
  /** The members, those of the brand's team first. */
  readonly memberships: readonly MembershipRow[];
  /** The rows of all tables except `users`, which workspaces share. */
  readonly rows: Batch;
  readonly files: readonly { readonly storageKey: string; readonly bytes: Uint8Array }[];
}

export interface WorkspaceOptions {
  readonly brand: Brand;
  readonly team: readonly TeamMember[];
  readonly people: People;
  readonly size: Size;
  readonly random: Random;
  readonly nowMs: number;
  readonly model: Model;
  readonly accountStatus: () => AccountStatus;
}

const metricDays = 400;
const ageDays = 420;

/** Creates all rows and files of a workspace. */
export function makeWorkspace(options: WorkspaceOptions): DemoWorkspace {
  const { brand, team, people, random, nowMs, model } = options;
  const createdMs = nowMs - ageDays * dayMs;
  const stage: Stage = {
    ...options,
    workspaceId: seededId(random, 'Workspace', createdMs),
    days: lastDays(brand.timeZone, nowMs),
  };
  const { workspaceId } = stage;

  const accounts = makeAccounts(stage, options.accountStatus);
  const memberships = team.map((member, index) => ({
    ...{ workspaceId, userId: people.userOf(member).id, role: member.role },
    accountIds: confinedTo(member, accounts),
    createdAt: iso(createdMs + index * dayMs),
  }));
  const members = membersOf(memberships);
  const campaigns = makeCampaigns(stage, members.atLeastEditor);
  const writer = createWriter(brand.slots, random);
  const captions = createCaptionWriter(brand.pillars, writer, random);
  const templates = random.shuffle(makeTemplates(stage, writer, members.atLeastEditor));
  const assets = makeMediaAssets(stage);
  const posts = makePosts(stage, {
    ...{ accounts, campaigns, templates, assets, captions },
    ...{ authors: members.atLeastContributor, contributors: members.contributors },
  });
  const metrics = makeMetrics(stage, accounts, posts);
  const conversations = makeConversations(stage, { accounts, writer, assignees: members.atLeastContributor });
  const generations = makeGenerations(stage, {
    ...{ model, writer, captions, conversations, assets },
    members: members.atLeastContributor,
  });

  const rows: Batch = [
    { table: 'workspaces', rows: [{ id: workspaceId, name: brand.name, createdAt: iso(createdMs) }] },
    { table: 'memberships', rows: memberships },
    { table: 'preferences', rows: preferencesOf(stage, memberships) },
    { table: 'settings', rows: [settingsOf(stage)] },
    { table: 'accounts', rows: accounts },
    { table: 'campaigns', rows: campaigns.map(({ row }) => row) },
    { table: 'templates', rows: templates.map(({ row }) => row) },
    { table: 'mediaAssets', rows: assets.map(({ row }) => row) },
    { table: 'posts', rows: posts.map(({ row }) => row) },
    { table: 'postTargets', rows: posts.flatMap(({ targets }) => targets.map(({ row }) => row)) },
    { table: 'postMedia', rows: posts.flatMap(({ media }) => media) },
    { table: 'calendarNotes', rows: calendarNotesOf(stage, members.atLeastContributor) },
    { table: 'conversations', rows: conversations.map(({ row }) => row) },
    { table: 'messages', rows: conversations.flatMap(({ messages }) => messages) },
    { table: 'savedReplies', rows: savedRepliesOf(stage) },
    { table: 'accountMetrics', rows: metrics.accountDays },
    { table: 'postMetrics', rows: metrics.postDays },
    { table: 'aiGenerations', rows: generations },
  ];
  const files = assets.map(({ row, bytes }) => ({ storageKey: row.storageKey, bytes }));
  return { id: workspaceId, name: brand.name, memberships, rows, files };
}

function lastDays(timeZone: string, nowMs: number): string[] {
  const last = today(timeZone, new Date(nowMs));
  return Array.from({ length: metricDays }, (_, index) => addDays(last, index - metricDays + 1));
}

function confinedTo({ networks }: TeamMember, accounts: readonly AccountRow[]): string[] | null {
  return networks ? accounts.filter(({ network }) => networks.includes(network)).map(({ id }) => id) : null;
}

/** Ids of the members who see all accounts, by role. */
function membersOf(memberships: readonly MembershipRow[]) {
  const whole = memberships.filter(({ accountIds }) => accountIds === null);
  const having = (...roles: MembershipRow['role'][]) =>
    whole.filter(({ role }) => roles.includes(role)).map(({ userId }) => userId);
  return {
    contributors: having('CONTRIBUTOR'),
    atLeastContributor: having('CONTRIBUTOR', 'EDITOR', 'ADMIN', 'OWNER'),
    atLeastEditor: having('EDITOR', 'ADMIN', 'OWNER'),
  };
}

function preferencesOf({ brand, random }: Stage, memberships: readonly MembershipRow[]) {
  return memberships.map(({ workspaceId, userId }) => ({
    ...{ workspaceId, userId, locale: brand.locale },
    theme: random.pick(['LIGHT', 'DARK', 'SYSTEM'] as const),
  }));
}

function settingsOf({ brand, random, workspaceId, nowMs }: Stage) {
  const { timeZone, locale, weekStartsOn, requiresApproval, voice } = brand;
  return {
    ...{
      id: seededId(random, 'WorkspaceSettings', nowMs - ageDays * dayMs),
      workspaceId,
      timeZone,
      locale,
      weekStartsOn,
    },
    ...{ requiresApproval, brandVoice: voice, revision: 3, updatedAt: iso(nowMs - 75 * dayMs) },
  };
}

function calendarNotesOf({ brand, random, workspaceId, days, nowMs }: Stage, authors: readonly string[]) {
  return brand.notes.map(({ day, text }) => {
    const createdMs = nowMs - random.integer(20, 40) * dayMs;
    return {
      ...{ id: seededId(random, 'CalendarNote', createdMs), workspaceId, date: addDays(days.at(-1)!, day), text },
      ...{ authorId: random.pick(authors), createdAt: iso(createdMs) },
    };
  });
}

function savedRepliesOf({ brand, random, workspaceId, nowMs }: Stage) {
  return brand.savedReplies.map(({ title, body }, index) => {
    const createdMs = nowMs - (300 - index * 17) * dayMs;
    return { id: seededId(random, 'SavedReply', createdMs), workspaceId, title, body, createdAt: iso(createdMs) };
  });
}
