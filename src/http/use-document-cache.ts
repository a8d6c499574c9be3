import type { DocumentCache } from '../graphql/document-cache.ts';
import type { HttpPlugin } from './plugin.ts';

/** Removes invalid documents from the cache: their errors keep the whole validation context in memory. */
export function useDocumentCache(documents: DocumentCache): HttpPlugin {
  return {
    onValidate({ params: { documentAST } }) {
      return ({ valid }) => {
        if (!valid) documents.delete(documentAST.loc!.source.body);
      };
    },
  };
}
