import type { Resolvers } from '../../generated/schema.ts';
import { bareHandle } from '../../text/folding.ts';
import { edgesOf, pageOf } from '../connection.ts';
import { conflict, notFound, Refusal } from '../errors.ts';
import { newId } from '../ids.ts';
import { mutation } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { disconnect } from './disconnect.ts';
import {
  changeAccount,
  connect,
  countAccounts,
  findAccounts,
  lockAccount,
  reportAccount,
  seesHandle,
} from './repository.ts';

const maxNameLength = 100;

export const accountResolvers: Resolvers = {
  Query: {
    accounts: (_, args, { queries, viewer }) =>
      findAccounts(queries, viewer, { filter: { networks: args.filter?.networks ?? null }, page: pageOf(args) }),
    account: (_, { id }, { loaders }) => loaders.accounts.account.load(id),
  },

  AccountConnection: {
    edges: edgesOf,
    totalCount: ({ filter }, _, { queries, viewer }) => countAccounts(queries, viewer, filter),
  },

  Mutation: {
    connectAccount: mutation(async (input, { queries, viewer, changes, now }) => {
      const { network } = input;
      const problems = new Problems();
      const handle = problems.title('handle', bareHandle(input.handle), maxNameLength);
      const displayName = displayNameOf(input, problems);
      problems.settle();
      // The same error whether the account exists or not, so that a confined viewer learns nothing of other accounts.
      if (viewer.accountIds !== null && !(await seesHandle(queries, viewer, { network, handle })))
        throw new Refusal([
          conflict('handle', 'Expected an account that you may see: you are confined to some accounts.'),
        ]);
      const connectedAt = now.toISOString();
      const profile = { id: newId('Account'), network, handle, displayName, status: 'CONNECTED', connectedAt } as const;
      const account = await connect(queries, viewer, profile);
      reportAccount(changes, account.id);
      return { account };
    }),

    updateAccount: mutation(async (input, { queries, viewer, changes }) => {
      const problems = new Problems();
      const displayName = displayNameOf(input, problems);
      problems.settle();
      const account = await lockAccount(queries, viewer, input.id);
      if (!account) throw new Refusal([notFound('id', 'Account', input.id)]);
      reportAccount(changes, account.id);
      return { account: await changeAccount(queries, viewer, { id: account.id, displayName }) };
    }),

    disconnectAccount: mutation(async ({ id }, context) => {
      await disconnect(id, context);
      return { deletedId: id };
    }),
  },
};

/** The new display name; undefined if it does not change. */
function displayNameOf({ displayName }: { displayName?: string | null }, problems: Problems): string | undefined {
  return displayName == null ? undefined : problems.title('displayName', displayName, maxNameLength);
}
