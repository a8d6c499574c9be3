import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { createTestAccount, createTestApi, createTestWorkspace } from './api.ts';
import { countWaiting } from './at-once.ts';
import { postMutations } from './post-mutations.ts';

it('a post that is on its way into a campaign is taken out, with a new revision, when that is deleted meanwhile', async () => {
  const api = await createTestApi('postgres');
  const workspace = await createTestWorkspace(api.queries);
  const account = await createTestAccount(api.queries, workspace);
  const owner = workspace.viewer();
  const made = await api.run(owner, 'mutation { createCampaign(input: { name: "Spring" }) { campaign { id } } }');
  const { id: campaignId } = made.data.createCampaign.campaign;

  const holder = await api.queries.startTransaction().execute();
  await sql`select from accounts where id = ${account} for update`.execute(holder);
  const creating = postMutations(api).create(owner, { text: 'Hello', accountIds: [account], campaignId });
  while ((await countWaiting(api.queries)) < 1); // its row is there and refers to the campaign; its target waits
  const deleting = api.run(owner, `mutation { deleteCampaign(input: { id: "${campaignId}" }) { deletedId } }`);
  while ((await countWaiting(api.queries)) < 2);
  await holder.commit().execute();

  const { post } = await creating;
  expect((await deleting).data.deleteCampaign.deletedId).toBe(campaignId);
  const { data } = await api.run(owner, `{ post(id: "${post.id}") { revision campaign { id } } }`);
  expect(data.post).toEqual({ revision: 2, campaign: null });
});
