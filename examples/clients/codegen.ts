// #region codegen
import type { CodegenConfig } from '@graphql-codegen/cli';

/** How the scalars travel: instants and days as text, whole numbers beyond 32 bits as numbers. */
const scalars = { DateTime: 'string', Date: 'string', SafeInt: 'number', Upload: 'File', JSON: 'unknown' };

export const codegen: CodegenConfig = {
  schema: 'schema/*.graphql',
  documents: 'examples/clients/documents/*.graphql',
  generates: {
    'generated/': { preset: 'client', config: { scalars, useTypeImports: true } },
  },
};
// #endregion
