// #region codegen
import type { CodegenConfig } from '@graphql-codegen/cli';

/** The types of the scalars in JSON: instants and days are texts, integers beyond 32 bits are numbers. */
const scalars = { DateTime: 'string', Date: 'string', SafeInt: 'number', Upload: 'File', JSON: 'unknown' };

export const codegen: CodegenConfig = {
  schema: 'schema/*.graphql',
  documents: 'examples/clients/documents/*.graphql',
  generates: {
    'generated/': { preset: 'client', config: { scalars, useTypeImports: true } },
  },
};
// #endregion
