import type { AccountStatus, NetworkName } from '../../generated/schema.ts';
import { storable } from '../../text/storable.ts';
import {
  type Network,
  type NetworkAccount,
  NetworkFailure,
  NetworkRefusal,
  type PublishRequest,
} from '../accounts/network.ts';
import type { Execute } from '../background.ts';
import { type PostFile, refusalOf } from '../networks/publishable.ts';
import { inTime } from '../time-limit.ts';

export interface PublicationOptions {
  readonly network: Network;
  readonly execute: Execute;
  readonly log: Record<'info' | 'warn' | 'error', (details: object, message: string) => void>;
  readonly now: () => Date;
}

const maxAttempts = 5;
/** Texts of one post that are searched for, each with a request to the network. */
const maxSearchedTexts = 10;

const claimDocument = /* GraphQL */ `
  mutation ClaimTargets($input: ClaimTargetsInput!) {
    claimTargets(input: $input) {
      targets {
        target { id account { id network handle status } }
        post { id media { id url fileName mimeType byteSize altText } }
        text attempts firstAttemptAt unansweredTexts leaseSeconds
        uploads { mediaId uploadId }
      }
      userErrors { message }
    }
  }
`;

const recordDocument = /* GraphQL */ `
  mutation RecordPublication($input: RecordPublicationInput!) {
    recordPublication(input: $input) {
      userErrors { message }
    }
  }
`;

const recordUploadDocument = /* GraphQL */ `
  mutation RecordUpload($input: RecordUploadInput!) {
    recordUpload(input: $input) {
      userErrors { message }
    }
  }
`;

export interface ClaimedTarget {
  readonly target: { id: string; account: (NetworkAccount & { status: AccountStatus }) | null };
  readonly post: { id: string; media: readonly (PublishRequest['media'][number] & PostFile)[] };
  readonly text: string;
  readonly attempts: number;
  readonly firstAttemptAt: string;
  readonly unansweredTexts: readonly string[];
  readonly leaseSeconds: number;
  readonly uploads: readonly { mediaId: string; uploadId: string }[];
}

type UserErrors = readonly { message: string }[];

/** Claims due targets of a workspace on a network. */
export async function claim(
  { execute }: PublicationOptions,
  workspaceId: string,
  input: { network: NetworkName; limit: number; leaseSeconds: number },
): Promise<readonly ClaimedTarget[]> {
  const { claimTargets } = (await execute(workspaceId, claimDocument, { input })) as {
    claimTargets: { targets: readonly ClaimedTarget[]; userErrors: UserErrors };
  };
  refuseErrors(claimTargets.userErrors);
  return claimTargets.targets;
}

type PublicationResult = { permalink: string } | { failureMessage: string; isUnanswered: boolean };

export interface Publication {
  readonly workspaceId: string;
  readonly claimed: ClaimedTarget;
  /** Aborts the call when the publisher stops. */
  readonly stop: AbortSignal;
}

/** Publishes a target and records the outcome. Never rejects: a failure is retried when the lease has ended. */
export async function publish(options: PublicationOptions, publication: Publication): Promise<void> {
  const { execute, log } = options;
  const { workspaceId, claimed } = publication;
  const targetId = claimed.target.id;
  const details = { workspaceId, targetId, postId: claimed.post.id };
  try {
    const publicationResult = stored(await publicationResultOf(options, publication));
    const { recordPublication } = (await execute(workspaceId, recordDocument, {
      input: { targetId, ...publicationResult },
    })) as {
      recordPublication: { userErrors: UserErrors };
    };
    refuseErrors(recordPublication.userErrors);
    log.info(
      { ...details, ...publicationResult },
      'permalink' in publicationResult ? 'publisher: published' : 'publisher: refused',
    );
  } catch (error) {
    log.warn({ ...details, err: error }, 'publisher: no outcome; trying again when the lease has ended');
  }
}

/** A result whose texts can be stored: they may come from a network. */
function stored(publicationResult: PublicationResult): PublicationResult {
  if ('permalink' in publicationResult) return { permalink: storable(publicationResult.permalink) };
  return { ...publicationResult, failureMessage: storable(publicationResult.failureMessage) };
}

/** Rejects when the network did not respond and the call is to be repeated. */
async function publicationResultOf(options: PublicationOptions, publication: Publication): Promise<PublicationResult> {
  const { target, attempts, leaseSeconds, unansweredTexts } = publication.claimed;
  const { account } = target;
  const obstacle = obstacleOf(publication.claimed);
  if (obstacle !== undefined) return failed(obstacle, unansweredTexts.length > 0);
  try {
    const timeoutMs = (leaseSeconds * 1_000) / 2; // so that the outcome is recorded while the claim holds
    return await inTime(
      (signal) => call(options, publication, { account: account!, signal }),
      timeoutMs,
      publication.stop,
    );
  } catch (error) {
    if (attempts < maxAttempts || publication.stop.aborted) throw error;
    const targetId = target.id;
    options.log.warn({ workspaceId: publication.workspaceId, targetId, err: error }, 'publisher: gave up');
    // Other errors are meant for the log: they may contain addresses, paths or the text of a server.
    const message = error instanceof NetworkFailure ? error.message : 'The network did not respond: try again later.';
    const failureMessage =
      `The post may already be published: it got no clear answer in ${attempts} attempts. ` +
      `A retry does not publish it twice. The last error: ${message}`;
    return { failureMessage, isUnanswered: true };
  }
}

/** Why the network is not called; undefined if it is. */
function obstacleOf({ target: { account }, post, text }: ClaimedTarget): string | undefined {
  if (!account) return 'The account has been disconnected.';
  if (account.status === 'PAUSED') return 'The team has paused the account.';
  if (account.status === 'RECONNECT_REQUIRED') return 'The account must be connected again first.';
  return refusalOf(account.network, { text, media: post.media });
}

function failed(reason: string, isUnanswered: boolean): PublicationResult {
  const doubt = 'The post may already be published: an earlier call got no answer. A retry does not publish it twice.';
  return { failureMessage: isUnanswered ? `${reason} ${doubt}` : reason, isUnanswered };
}

async function call(
  options: PublicationOptions,
  publication: Publication,
  { account, signal }: { account: NetworkAccount; signal: AbortSignal },
): Promise<PublicationResult> {
  const { target, post, text } = publication.claimed;
  const earlier = await earlierOutcome(options, publication, { account, signal });
  if (typeof earlier !== 'string') return earlier;
  const uploads = uploadsOf(options, publication);
  try {
    return await options.network.publish({ id: target.id, account, text, media: post.media, uploads }, signal);
  } catch (error) {
    if (error instanceof NetworkRefusal) return failed(error.message, earlier === 'UNKNOWN');
    throw error;
  }
}

/**
 * The outcome of earlier calls that may have been interrupted after their effect. `UNKNOWN` as long as the network keeps the id and
 * so recognises a repetition. After that, or for another text, the network is searched for the post, which it published or which is
 * `ABSENT`; if it does not support that, or the text was changed again and again, a person has to decide.
 */
async function earlierOutcome(
  { network, now }: PublicationOptions,
  { claimed: { firstAttemptAt, unansweredTexts, text } }: Publication,
  { account, signal }: { account: NetworkAccount; signal: AbortSignal },
): Promise<PublicationResult | 'ABSENT' | 'UNKNOWN'> {
  if (unansweredTexts.length === 0) return 'ABSENT';
  const since = new Date(firstAttemptAt);
  const idempotentMs = network.idempotentMs?.(account) ?? Number.POSITIVE_INFINITY;
  const isRepetition = unansweredTexts.every((sent) => sent === text);
  if (isRepetition && now().getTime() - since.getTime() < idempotentMs) return 'UNKNOWN';
  try {
    if (network.find && unansweredTexts.length <= maxSearchedTexts) {
      for (const sent of unansweredTexts.toReversed()) {
        const found = await network.find({ account, text: sent, since }, signal);
        if (found) return sent === text ? found : publishedBefore(found);
      }
      return 'ABSENT';
    }
  } catch (error) {
    if (!(error instanceof NetworkRefusal)) throw error;
  }
  return {
    failureMessage:
      'The post may already be published: an earlier attempt got no response, and the network can no longer tell. ' +
      'Look for the post on the network; retry if it is missing.',
    isUnanswered: false,
  };
}

/** A person decides what becomes of a published text that was changed later. */
function publishedBefore({ permalink }: { permalink: string }): PublicationResult {
  const failureMessage =
    `The post is already published with an earlier text: ${permalink}. ` +
    'To publish the present text, delete that one on the network and retry.';
  return { failureMessage, isUnanswered: false };
}

function uploadsOf({ execute }: PublicationOptions, { workspaceId, claimed }: Publication): PublishRequest['uploads'] {
  const accepted = new Map(claimed.uploads.map(({ mediaId, uploadId }) => [mediaId, uploadId]));
  return {
    of: (mediaId) => accepted.get(mediaId),
    async add(mediaId, uploadId) {
      const input = { targetId: claimed.target.id, mediaId, uploadId: storable(uploadId) };
      const { recordUpload } = (await execute(workspaceId, recordUploadDocument, { input })) as {
        recordUpload: { userErrors: UserErrors };
      };
      refuseErrors(recordUpload.userErrors);
    },
  };
}

function refuseErrors(errors: UserErrors): void {
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join(' '));
}
