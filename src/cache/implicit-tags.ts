/** The tags that every entry has without saying so: to delete a key or to clear a category or a namespace is to invalidate. */

export const categoryTag = (category: string): string => `category ${category}`;

export const namespaceTag = (namespace: string): string => `namespace ${namespace}`;

export const namespaceCategoryTag = (namespace: string, category: string): string =>
  `namespace ${namespace} category ${category}`;

export const keyTag = (category: string, key: string): string => `key ${category} ${key}`;
