import type { DocumentNode, ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Documents } from './documents.ts';
import type { GraphqlCache } from './graphql-cache.ts';

/**
 * A plugin for GraphQL Yoga: queries are joined from fragments, and Yoga sends their text as it is. Documents are kept within
 * `maxDocumentBytes`. Give Yoga the schema of the cache too, and `parserAndValidationCache: false`, because its own memory would be
 * a second one. Plugins that add rules of validation come before this one.
 */
export function useGraphqlCache(cached: GraphqlCache): Plugin {
  return {
    ...useDocuments(cached.documents),
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(async (args: ExecutionArgs) => {
        const isOurs = args.schema === cached.schema;
        return (isOurs && (await cached.executeToText(args))) || executeFn(args);
      });
    },
  };
}

/** A plugin for GraphQL Yoga, and its only memory of documents. Plugins that add rules of validation come before it. */
export function useDocuments(documents: Documents): Pick<Plugin, 'onParse' | 'onValidate'> {
  return {
    onParse({ params: { source }, setParsedDocument }) {
      const document = documents.get(typeof source === 'string' ? source : source.body);
      if (document) setParsedDocument(document);
    },
    onValidate({ params: { schema, documentAST, rules = [] }, setResult }) {
      if (schema !== documents.schema) return;
      // Not what `prepare` calls these rules: a plugin may have replaced the function that validates.
      const name = `Yoga ${rules.map((rule: { name: string }) => rule.name).join()}`;
      const document = documentAST as DocumentNode;
      if (documents.isValid(document, name)) return setResult([]);
      return ({ valid }) => {
        if (valid) documents.keep(document, name);
      };
    },
  };
}
