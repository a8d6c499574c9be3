import type { Generated } from 'kysely';
import type { Folded } from './column-kinds.ts';

export interface ConversationsTable {
  id: string;
  workspaceId: string;
  accountId: string | null;
  kind: 'COMMENT' | 'DIRECT_MESSAGE' | 'MENTION' | 'REVIEW';
  contactName: string;
  contactHandle: string;
  contactKey: Folded;
  status: 'OPEN' | 'SNOOZED' | 'RESOLVED';
  priority: Generated<'LOW' | 'NORMAL' | 'HIGH' | 'URGENT'>;
  snoozedUntil: string | null;
  assigneeId: string | null;
  unreadCount: Generated<number>;
  snippet: Generated<string>;
  lastActivityAt: string;
  createdAt: string;
}

export interface MessagesTable {
  id: string;
  workspaceId: string;
  conversationId: string;
  direction: 'INBOUND' | 'OUTBOUND';
  text: string;
  authorId: string | null;
  externalId: string | null;
  createdAt: string;
}

export interface SavedRepliesTable {
  id: string;
  workspaceId: string;
  title: string;
  body: string;
  createdAt: string;
}
