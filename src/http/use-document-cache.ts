import type { DocumentCache } from '../graphql/document-cache.ts';
import type { HttpPlugin } from './plugin.ts';

/** Forgets documents that are not valid: their errors hold on to all of their validation, which nobody needs a second time. */
export function useDocumentCache(documents: DocumentCache): HttpPlugin {
  return {
    onValidate({ params: { documentAST } }) {
      return ({ valid }) => {
        if (!valid) documents.delete(documentAST.loc!.source.body);
      };
    },
  };
}
