import type { Viewer } from '../../src/domains/scope.ts';
import type { TestApi } from './api.ts';

export interface PostAnswer {
  readonly id: string;
  readonly status: string;
  readonly revision: number;
  readonly targets: readonly {
    id: string;
    status: string;
    failureMessage: string | null;
    account: { id: string } | null;
  }[];
  readonly media: readonly { id: string }[];
}

export interface MutationAnswer {
  readonly post: PostAnswer;
  readonly deletedId: string | null;
  readonly userErrors: readonly { code: string; message: string; path: readonly string[]; network: string | null }[];
  readonly invalidated: readonly string[];
}

type PostMutation = (viewer: Viewer, input: object) => Promise<MutationAnswer>;

const names = {
  create: 'createPost',
  update: 'updatePost',
  schedule: 'schedulePost',
  unschedule: 'unschedulePost',
  requestApproval: 'requestPostApproval',
  approve: 'approvePost',
  reject: 'rejectPost',
  publish: 'publishPost',
  retry: 'retryPost',
  delete: 'deletePost',
} as const;

export type PostMutations = Record<keyof typeof names, PostMutation>;

/** The mutations of posts as functions of an input. They reject on any error that is not the user's. */
export function postMutations(api: TestApi): PostMutations {
  const entries = Object.entries(names).map(([verb, name]) => {
    const document = documentOf(name);
    const mutate: PostMutation = async (viewer, input) => {
      const { data, errors, invalidated } = await api.run(viewer, document, { input });
      if (errors) throw new AggregateError(errors, errors.join('\n'));
      return { ...data.result, invalidated };
    };
    return [verb, mutate];
  });
  return Object.fromEntries(entries);
}

function documentOf(name: string): string {
  const input = { deletePost: 'DeleteInput', schedulePost: 'SchedulePostInput', rejectPost: 'RejectPostInput' }[name];
  const own =
    name === 'createPost' || name === 'updatePost' ? `${name[0]!.toUpperCase()}${name.slice(1)}Input` : 'PostInput';
  return `mutation ($input: ${input ?? own}!) {
    result: ${name}(input: $input) {
      ${name === 'deletePost' ? 'deletedId' : `post { ${postFields} }`}
      userErrors {
        code message path
        ... on TextTooLongError { network maxLength length unit }
        ... on StaleRevisionError { expectedRevision currentRevision }
      }
    }
  }`;
}

const postFields = `
  id text status scheduledAt publishedAt rejectionReason revision
  targets { id status permalink failureMessage account { id } }
  media { id }
  campaign { id }
  template { title }
  author { name }
`;
