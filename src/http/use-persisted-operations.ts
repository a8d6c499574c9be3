import { usePersistedOperations as usePlugin } from '@graphql-yoga/plugin-persisted-operations';
import type { PersistedOperations } from './persisted-operations.ts';
import type { HttpPlugin } from './plugin.ts';

export function usePersistedOperations({ documents, isExclusive }: PersistedOperations): HttpPlugin {
  const refused = { extensions: { http: { status: 400 } } };
  return usePlugin({
    allowArbitraryOperations: !isExclusive,
    getPersistedOperation: (hash) => documents.get(hash) ?? null,
    customErrors: {
      notFound: {
        message: 'PersistedQueryNotFound',
        extensions: { code: 'PERSISTED_QUERY_NOT_FOUND', http: { status: 400 } },
      },
      keyNotFound: { message: 'Must provide query string, or the hash of a persisted operation.', ...refused },
      persistedQueryOnly: {
        message: 'Only persisted operations are answered here: send a hash in place of the document.',
        ...refused,
      },
    },
  }) as HttpPlugin;
}
