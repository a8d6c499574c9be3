export interface AccountMetricsTable {
  workspaceId: string;
  accountId: string;
  date: string;
  followers: number | null;
  views: number | null;
  reach: number | null;
  engagements: number | null;
  clicks: number | null;
}

export interface PostMetricsTable {
  workspaceId: string;
  postId: string;
  date: string;
  views: number | null;
  reach: number | null;
  engagements: number | null;
  clicks: number | null;
}
