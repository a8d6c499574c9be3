/** What a write past Magpie to a table invalidates. Names are those of the database. */
export type TableRule = WorkspaceRule | PublicRule;

/** A table whose rows belong to a workspace. */
export interface WorkspaceRule {
  /** The column with the id of the workspace. */
  readonly workspace: string;
  /** Columns that cached fields read, directly or by a filter, a search or an order. */
  readonly read: readonly string[];
  /** Columns that no cached field reads: changing them alone invalidates nothing. */
  readonly unread?: readonly string[];
  /** The tags of a changed row, as it was before and as it is after. `{column}` stands for a value; without one there is no tag. */
  readonly tags: readonly string[];
  /** Tags of rows that hang on it, or on which it hangs. */
  readonly through?: readonly Through[];
  /** Columns whose change stands for everything of the workspace, because what depends on them cannot be named. */
  readonly everythingOf?: readonly string[];
  /**
   * Whether a new row stands for everything of the workspace: other rows may have named it before, as no foreign key forbids it.
   */
  readonly isEverythingWhenNew?: true;
}

export interface Through {
  /** What follows `from` in a query in which the row is called `changed`. */
  readonly from: string;
  /** As above, with `{changed.column}` and `{alias.column}`. */
  readonly tags: readonly string[];
}

/** A table whose rows all workspaces read: a change of what is read stands for everything of all of them. */
export interface PublicRule {
  readonly workspace: null;
  readonly read: readonly string[];
  readonly unread?: readonly string[];
}
