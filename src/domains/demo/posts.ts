import type { Insertable } from 'kysely';
import type { Tables } from '../../database/tables.ts';
import type { AccountRow } from './accounts.ts';
import type { DemoCampaign } from './campaigns.ts';
import { type Caption, type CaptionWriter, overrideFor } from './captions.ts';
import type { DemoAsset } from './media-assets.ts';
import { createMediaChooser } from './media-chooser.ts';
import { type PlannedPost, planPosts } from './post-plan.ts';
import { deal } from './random.ts';
import { iso, minuteMs, type Stage, seededId } from './stage.ts';
import type { DemoTemplate } from './templates.ts';

type TargetRow = Insertable<Tables['postTargets']>;

export interface DemoPost {
  readonly row: Insertable<Tables['posts']>;
  readonly targets: readonly { readonly row: TargetRow; readonly account: AccountRow }[];
  readonly media: readonly Insertable<Tables['postMedia']>[];
}

export interface PostMaterial {
  readonly accounts: readonly AccountRow[];
  readonly campaigns: readonly DemoCampaign[];
  /** Most popular first. */
  readonly templates: readonly DemoTemplate[];
  readonly assets: readonly DemoAsset[];
  readonly captions: CaptionWriter;
  readonly authors: readonly string[];
  /** Ids of the members whose posts need approval. */
  readonly contributors: readonly string[];
}

const targetCountShares = { 1: 8, 2: 4, 3: 2, 4: 1 };

const failures = [
  'The authorisation has expired: connect the account again.',
  'The network refused the post as a duplicate of an earlier one.',
  'The network did not answer within 30 seconds, three times in a row.',
  'The picture is smaller than the network allows.',
  'The account may not post for 24 hours: too many actions in a short time.',
];

const rejections = [
  'Please add the price, and the date until which it holds.',
  'We cannot promise this. Say what is certain, leave out the rest.',
  'The picture shows somebody without a signed release.',
  'Too close to last week. Could we wait until the campaign begins?',
];

export function makePosts(stage: Stage, material: PostMaterial): DemoPost[] {
  const { random, size } = stage;
  const plans = planPosts(stage);
  const campaignOf = assignCampaigns(stage, plans, material.campaigns);
  const targetCounts = deal(random, size.posts, targetCountShares);
  const mediaChooser = createMediaChooser(material.assets, random);

  return plans.map((plan, index) => {
    const campaign = campaignOf.get(plan) ?? null;
    const isPartial = plan.status === 'PARTIALLY_PUBLISHED';
    const accounts = chooseAccounts(stage, plan, {
      from: material.accounts,
      count: Math.max(Number(targetCounts[index]), isPartial ? 2 : 1),
    });
    const caption = material.captions.write({
      pillars: stage.brand.pillars.filter(({ name }) => !campaign || campaign.pillars.includes(name)),
      day: plan.day,
      templates: material.templates.filter(({ row }) => Date.parse(row.createdAt) < plan.createdMs),
    });
    return makePost(stage, { plan, campaign, accounts, caption, material, mediaChooser });
  });
}

interface Parts {
  plan: PlannedPost;
  campaign: DemoCampaign | null;
  accounts: readonly AccountRow[];
  caption: Caption;
  material: PostMaterial;
  mediaChooser: ReturnType<typeof createMediaChooser>;
}

function makePost(stage: Stage, { plan, campaign, accounts, caption, material, mediaChooser }: Parts): DemoPost {
  const { random, workspaceId, nowMs } = stage;
  const { status, createdMs, scheduledMs } = plan;
  const id = seededId(random, 'Post', createdMs);
  const targets = accounts.map((account, position) => ({
    account,
    row: makeTarget(stage, { postId: id, plan, account, position, caption }),
  }));
  const published = targets.flatMap(({ row }) => (row.publishedAt ? [row.publishedAt] : [])).sort();
  const editedMs = createdMs + random.next() * (Math.min(scheduledMs ?? nowMs, nowMs) - createdMs);
  const isOut = status === 'PUBLISHED' || status === 'PARTIALLY_PUBLISHED' || status === 'FAILED';
  const row = {
    ...{ id, workspaceId, text: caption.text, status },
    ...{ campaignId: campaign?.row.id ?? null, templateId: caption.template?.row.id ?? null },
    authorId: random.pick(status === 'PENDING_APPROVAL' ? material.contributors : material.authors),
    scheduledAt: scheduledMs === null ? null : iso(scheduledMs),
    publishedAt: published[0] ?? null,
    rejectionReason: status === 'DRAFT' && random.chance(0.15) ? random.pick(rejections) : null,
    revision: random.integer(1, 4) + (isOut ? 2 : 0),
    createdAt: iso(createdMs),
    updatedAt: iso(isOut ? scheduledMs! + 2 * minuteMs : editedMs),
  };
  const media = mediaChooser
    .choose({ pillar: caption.pillar, networks: accounts.map(({ network }) => network), byMs: createdMs })
    .map((asset, position) => ({ workspaceId, postId: id, mediaId: asset.row.id, position }));
  return { row, targets, media };
}

function makeTarget(
  { random, workspaceId }: Stage,
  {
    postId,
    plan,
    account,
    position,
    caption,
  }: { postId: string; plan: PlannedPost; account: AccountRow; position: number; caption: Caption },
): TargetRow {
  const id = seededId(random, 'PostTarget', plan.createdMs);
  const status = targetStatus(plan.status, position);
  const isPublished = status === 'PUBLISHED';
  const { network, handle } = account;
  return {
    ...{ id, workspaceId, postId, accountId: account.id, position, status },
    textOverride: overrideFor(caption, network),
    permalink: isPublished ? `https://sandbox.example/${network.toLowerCase()}/${handle}/${id}` : null,
    failureMessage: status === 'FAILED' ? random.pick(failures) : null,
    ...{ attempts: isPublished || status === 'FAILED' ? 1 : 0, leaseUntil: null },
    publishedAt: isPublished ? iso(plan.scheduledMs! + random.integer(1_000, 55_000)) : null,
  };
}

/** The status of a target. A partially published post failed on its first account. */
function targetStatus(status: PlannedPost['status'], position: number): TargetRow['status'] {
  if (status !== 'PARTIALLY_PUBLISHED') return status;
  return position === 0 ? 'FAILED' : 'PUBLISHED';
}

/** Chooses different accounts, the brand's first ones more often; for planned posts, only accounts that can publish. */
function chooseAccounts(
  { random }: Stage,
  { status }: PlannedPost,
  { from, count }: { from: readonly AccountRow[]; count: number },
): AccountRow[] {
  const isAhead = status === 'SCHEDULED' || status === 'PENDING_APPROVAL';
  let left = isAhead
    ? from.filter((account) => account.status === 'CONNECTED' || account.status === 'EXPIRING')
    : [...from];
  const chosen: AccountRow[] = [];
  while (chosen.length < count && left.length > 0) {
    const account = random.pickWeighted(left, (candidate) => 1 / Math.sqrt(from.indexOf(candidate) + 1));
    chosen.push(account);
    left = left.filter((candidate) => candidate !== account);
  }
  return chosen;
}

/** Assigns half of all posts to a campaign that runs on their day; the first campaigns of a day get the most. */
function assignCampaigns(
  { random }: Stage,
  plans: readonly PlannedPost[],
  campaigns: readonly DemoCampaign[],
): Map<PlannedPost, DemoCampaign> {
  const assigned = new Map<PlannedPost, DemoCampaign>();
  for (const plan of random.shuffle(plans)) {
    if (assigned.size >= plans.length / 2) break;
    const running = campaigns.filter(({ row }) => row.startsOn! <= plan.day && plan.day <= row.endsOn!);
    if (running.length > 0)
      assigned.set(
        plan,
        random.pickWeighted(running, (_, rank) => 1 / (rank + 1)),
      );
  }
  return assigned;
}
