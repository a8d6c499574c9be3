import type { UpdateWorkspaceInput } from '../../generated/schema.ts';
import type { Transaction } from '../mutation.ts';
import { Problems } from '../problems.ts';
import { findWorkspaces } from './repository.ts';

const maxNameLength = 100;

export async function updateWorkspace({ name }: UpdateWorkspaceInput, { queries, viewer, changes }: Transaction) {
  if (name != null) {
    const problems = new Problems();
    const written = problems.title('name', name, maxNameLength);
    problems.settle();
    await queries.updateTable('workspaces').set({ name: written }).where('id', '=', viewer.workspaceId).execute();
  }
  changes.add('Workspace', viewer.workspaceId);
  const [workspace] = await findWorkspaces(queries, [viewer.workspaceId]);
  return { workspace };
}
