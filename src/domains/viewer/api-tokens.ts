import type { AdoptApiTokenInput, CreateApiTokenInput, RevokeApiTokenInput } from '../../generated/schema.ts';
import { conflict, limitReached, notFound, Refusal } from '../errors.ts';
import type { Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import type { Viewer } from '../scope.ts';
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

/** Creates a token of the viewer. It never has more authority than they have, now or later. */
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
  if (!maker) problems.add(conflict(null, 'Expected a member, but your membership has ended meanwhile.'));
  problems.settle();

  // Locks the workspace, as concurrent requests could together exceed the limit.
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

/** Makes the viewer the maker of a token, so that it ends with their membership. Its effective authority stays the same. */
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

/** The member behind a viewer. API tokens may not create tokens, which would remain after their revocation. */
function personOf({ userId }: Viewer): string {
  if (userId !== null) return userId;
  throw new Refusal([conflict(null, 'Expected a member, who is responsible for the token, but got an API token.')]);
}
