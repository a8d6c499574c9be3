// #region document
import { graphql } from 'relay-runtime';

/** The names of operations begin with the name of the file, as relay-compiler requires. */
export const templatesQuery = graphql`
  query templatesQuery($count: Int!, $cursor: String) {
    templates(first: $count, after: $cursor) @connection(key: "templates_templates") {
      edges {
        node {
          id
          title
        }
      }
    }
  }
`;
// #endregion
