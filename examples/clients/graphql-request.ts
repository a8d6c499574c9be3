// #region client
import { GraphQLClient } from 'graphql-request';

export function createGraphqlRequestClient(url: string, token: string): GraphQLClient {
  return new GraphQLClient(url, { headers: { authorization: `Bearer ${token}` } });
}
// #endregion
