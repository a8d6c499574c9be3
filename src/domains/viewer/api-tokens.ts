import type { AdoptApiTokenInput, CreateApiTokenInput, RevokeApiTokenInput } from '../../generated/schema.ts';
import type { Viewer } from '../context.ts';
import { conflict, limitReached, notFound, Refusal } from '../errors.ts';
import type { Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import {
  type ApiTokenRecord,
  countApiTokens,
  findApiTokensById,
  lockApiToken,
  maxApiTokens,
} from './api-token-repository.ts';
import { mayAs } from './authority.ts';
import { issueApiToken } from './credentials.ts';
import { roleCeiling } from './members.ts';
import { lockMaker } from './repository.ts';

/** Makes a token of the member who asks: it may at most what they may, now and later. */
export async function createApiToken(
  input: CreateApiTokenInput,
  { queries, viewer, now }: Transaction,
): Promise<{ token: string; apiToken: ApiTokenRecord }> {
  const { workspaceId } = viewer;
  const makerId = personOf(viewer);
  const problems = new Problems();
  const name = problems.title('name', input.name, 100);
  const maker = await lockMaker(queries, { workspaceId, userId: makerId });
  const tooHigh = roleCeiling(maker ?? viewer, input.role);
  if (tooHigh) problems.add(tooHigh);
  if (!maker) problems.add(conflict(null, 'Expected a member, but got somebody who was taken out meanwhile.'));
  problems.settle();

  // One at a time, so that two at once do not pass the limit together.
  await queries.selectFrom('workspaces').select('id').where('id', '=', workspaceId).forUpdate().execute();
  if ((await countApiTokens(queries, workspaceId)) >= maxApiTokens)
    throw new Refusal([
      limitReached(null, maxApiTokens, `A workspace has at most ${maxApiTokens} API tokens: revoke one.`),
    ]);

  const { accountIds } = maker!;
  const issued = await issueApiToken(queries, { workspaceId, makerId, name, role: input.role, accountIds, now });
  const [apiToken] = await findApiTokensById(queries, { ...viewer, accountIds }, [issued.id]);
  return { token: issued.token, apiToken: apiToken! };
}

/** Makes a token end with the membership of who asks, no longer with its maker's. It keeps what it may now, and no more. */
export async function adoptApiToken(
  { id }: AdoptApiTokenInput,
  { queries, viewer, changes }: Transaction,
): Promise<{ apiToken: ApiTokenRecord }> {
  const makerId = personOf(viewer);
  const token = await lockApiToken(queries, viewer, id);
  if (!token) throw new Refusal([notFound('id', 'API token', id)]);
  const { role, accountIds } = token;
  if (!mayAs(viewer.role, role))
    throw new Refusal([
      conflict('id', `Expected a token of at most your own role, ${viewer.role}, but got one of the role ${role}.`),
    ]);
  await queries
    .updateTable('tokens')
    .set({ makerId, role, accountIds: accountIds && [...accountIds] })
    .where('id', '=', token.id)
    .execute();
  changes.add('Token', token.id);
  return { apiToken: { ...token, makerId } };
}

export async function revokeApiToken(
  { id }: RevokeApiTokenInput,
  { queries, viewer, changes }: Transaction,
): Promise<{ revokedId: string }> {
  const token = await lockApiToken(queries, viewer, id);
  if (!token) throw new Refusal([notFound('id', 'API token', id)]);
  await queries.deleteFrom('tokens').where('id', '=', token.id).execute();
  changes.add('Token', token.id);
  return { revokedId: token.id };
}

/** A token that makes tokens would outlive its own revocation in them. */
function personOf({ userId }: Viewer): string {
  if (userId !== null) return userId;
  throw new Refusal([conflict(null, 'Expected a person, who answers for the token, but got an API token.')]);
}
