import type { Queries } from '../../src/database/database.ts';
import type { Random } from './random.ts';

const tables = {
  posts: 'posts',
  targets: 'postTargets',
  accounts: 'accounts',
  templates: 'templates',
  campaigns: 'campaigns',
  conversations: 'conversations',
  media: 'mediaAssets',
  notes: 'calendarNotes',
  replies: 'savedReplies',
  generations: 'aiGenerations',
} as const;

export type Kind = keyof typeof tables;

/** What there is in a workspace, to pick from. Ids of what is gone come up now and then, as they do in life. */
export class Stock {
  readonly #queries: Queries;
  readonly workspaceId: string;
  readonly #random: Random;
  readonly #ids = new Map<Kind, string[]>();
  readonly #posts = new Map<string, string[]>();
  readonly #targets = new Map<string, string[]>();
  users: string[] = [];
  /** Those who do not own the workspace: whoever does goes on to see all accounts, so that somebody may change everything. */
  others: string[] = [];
  tokens: string[] = [];

  constructor(queries: Queries, workspaceId: string, random: Random) {
    this.#queries = queries;
    this.workspaceId = workspaceId;
    this.#random = random;
  }

  /** Looks again at what there is. */
  async refresh(): Promise<void> {
    for (const [kind, table] of Object.entries(tables) as [Kind, 'posts'][]) {
      const rows = await this.#queries
        .selectFrom(table)
        .select('id')
        .where('workspaceId', '=', this.workspaceId)
        .orderBy('id', 'desc')
        .limit(40)
        .execute();
      const gone = (this.#ids.get(kind) ?? []).slice(-1);
      this.#ids.set(kind, [...rows.map((row) => row.id), ...gone]);
    }
    await this.#refreshByStatus(this.#posts, 'posts');
    await this.#refreshByStatus(this.#targets, 'postTargets');
    const members = await this.#queries
      .selectFrom('memberships')
      .select(['userId', 'role'])
      .where('workspaceId', '=', this.workspaceId)
      .orderBy('userId')
      .execute();
    this.users = members.map((row) => row.userId);
    this.others = members.filter((row) => row.role !== 'OWNER').map((row) => row.userId);
    const tokens = await this.#queries
      .selectFrom('tokens')
      .select('id')
      .where('workspaceId', '=', this.workspaceId)
      .where('kind', '=', 'API')
      .execute();
    this.tokens = tokens.map((row) => row.id);
  }

  async #refreshByStatus(byStatus: Map<string, string[]>, table: 'posts' | 'postTargets'): Promise<void> {
    byStatus.clear();
    const rows = await this.#queries
      .selectFrom(table)
      .select(['id', 'status'])
      .where('workspaceId', '=', this.workspaceId)
      .orderBy('id', 'desc')
      .execute();
    for (const { id, status } of rows) byStatus.set(status, [...(byStatus.get(status) ?? []), id]);
  }

  /** Mostly a post in this state, if there is one. */
  postThatIs(status: string): string {
    return this.#mostly(this.#posts.get(status)) ?? this.one('posts');
  }

  targetThatIs(status: string): string {
    return this.#mostly(this.#targets.get(status)) ?? this.one('targets');
  }

  #mostly(ids: readonly string[] = []): string | undefined {
    return ids.length > 0 && this.#random.happens(0.8) ? this.#random.pick(ids.slice(0, 5)) : undefined;
  }

  /** Mostly one of the few newest, so that reads and writes meet. */
  one(kind: Kind): string {
    const ids = this.#ids.get(kind)!;
    return this.#random.pick(this.#random.happens(0.7) ? ids.slice(0, 6) : ids);
  }

  some(kind: Kind, max: number): string[] {
    return this.#random.some(this.#ids.get(kind)!.slice(0, 8), max);
  }

  has(kind: Kind, id: string): boolean {
    return this.#ids.get(kind)!.includes(id);
  }

  isEmpty(kind: Kind): boolean {
    return this.#ids.get(kind)!.length === 0;
  }
}
