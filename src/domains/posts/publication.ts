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

const claimDocument = /* GraphQL */ `
  mutation ClaimTargets($input: ClaimTargetsInput!) {
    claimTargets(input: $input) {
      targets {
        target { id account { id network handle status } }
        post { id media { id url fileName mimeType byteSize altText } }
        text attempts firstAttemptAt leaseSeconds
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

type PublicationResult = { permalink: string } | { failureMessage: string };

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
  return { failureMessage: storable(publicationResult.failureMessage) };
}

/** Rejects when the network did not respond and the call is to be repeated. */
async function publicationResultOf(options: PublicationOptions, publication: Publication): Promise<PublicationResult> {
  const { target, post, text, attempts, leaseSeconds } = publication.claimed;
  const { account } = target;
  if (!account) return { failureMessage: 'The account has been disconnected.' };
  if (account.status === 'PAUSED') return { failureMessage: 'The team has paused the account.' };
  if (account.status === 'RECONNECT_REQUIRED') return { failureMessage: 'The account must be connected again first.' };
  const refusal = refusalOf(account.network, { text, media: post.media });
  if (refusal !== undefined) return { failureMessage: refusal };
  try {
    const timeoutMs = (leaseSeconds * 1_000) / 2; // so that the outcome is recorded while the claim holds
    return await inTime((signal) => call(options, publication, { account, signal }), timeoutMs, publication.stop);
  } catch (error) {
    if (error instanceof NetworkRefusal) return { failureMessage: error.message };
    if (attempts < maxAttempts || publication.stop.aborted) throw error;
    const targetId = target.id;
    options.log.warn({ workspaceId: publication.workspaceId, targetId, err: error }, 'publisher: gave up');
    // Other errors are meant for the log: they may contain addresses, paths or the text of a server.
    const message = error instanceof NetworkFailure ? error.message : 'The network did not respond: try again later.';
    return { failureMessage: `Publishing failed in ${attempts} attempts. The last error: ${message}` };
  }
}

async function call(
  options: PublicationOptions,
  publication: Publication,
  { account, signal }: { account: NetworkAccount; signal: AbortSignal },
): Promise<PublicationResult> {
  const { target, post, text } = publication.claimed;
  const earlier = await findEarlier(options, publication, { account, signal });
  if (earlier) return earlier;
  const uploads = uploadsOf(options, publication);
  return await options.network.publish({ id: target.id, account, text, media: post.media, uploads }, signal);
}

/**
 * Handles a call that may have been interrupted after its effect. The network recognises a repetition only as long as it keeps the
 * id. After that, it is searched for the post; if it does not support that, a person has to decide.
 */
async function findEarlier(
  { network, now }: PublicationOptions,
  { claimed: { attempts, firstAttemptAt, text } }: Publication,
  { account, signal }: { account: NetworkAccount; signal: AbortSignal },
): Promise<PublicationResult | null> {
  if (attempts === 1) return null;
  const since = new Date(firstAttemptAt);
  const idempotentMs = network.idempotentMs?.(account) ?? Number.POSITIVE_INFINITY;
  if (now().getTime() - since.getTime() < idempotentMs) return null;
  try {
    if (network.find) return await network.find({ account, text, since }, signal);
  } catch (error) {
    if (!(error instanceof NetworkRefusal)) throw error;
  }
  return {
    failureMessage:
      'The post may already be published: an earlier attempt got no response, and the network can no longer tell. ' +
      'Look for the post on the network; retry if it is missing.',
  };
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
