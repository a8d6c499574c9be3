/** The loaders of each domain, created at first use. Each domain declares its own member, in its `domain.ts`. */
// biome-ignore lint/suspicious/noEmptyInterface: the domains' declarations are merged into it
export interface Loaders {}
