import type { NetworkName, WorkspaceRole } from '../../generated/schema.ts';

/** The content of a demo workspace: its name, team, texts and pictures. All of it is invented. */
export interface Brand {
  readonly name: string;
  /** The handle on all networks, without @. */
  readonly handle: string;
  readonly mailDomain: string;
  readonly timeZone: string;
  readonly locale: string;
  readonly weekStartsOn: 'MONDAY' | 'SUNDAY';
  readonly requiresApproval: boolean;
  readonly voice: string;
  /** The most important first. */
  readonly networks: readonly NetworkName[];
  /** The folder of its pictures, `<name>.jpg`: JPEG is the one format that every network accepts. */
  readonly pictures: URL;
  /** Colours of its videos, `#rrggbb`. */
  readonly palette: readonly string[];
  readonly team: readonly TeamMember[];
  readonly slots: Slots;
  readonly pillars: readonly Pillar[];
  readonly campaigns: readonly CampaignIdea[];
  readonly conversations: Readonly<Record<ConversationKind, readonly Topic[]>>;
  readonly contacts: { readonly given: readonly string[]; readonly family: readonly string[] };
  /** The last messages of a conversation: a contact's thanks, and the team's answers. */
  readonly farewells: { readonly thanks: readonly string[]; readonly answers: readonly string[] };
  readonly savedReplies: readonly { readonly title: string; readonly body: string }[];
  /** `day` is relative to today. */
  readonly notes: readonly { readonly day: number; readonly text: string }[];
  readonly documents: readonly string[];
}

export type ConversationKind = 'COMMENT' | 'DIRECT_MESSAGE' | 'MENTION' | 'REVIEW';

/** A person in a team. The same address in several teams means the same person. */
export interface TeamMember {
  readonly name: string;
  readonly email: string;
  readonly role: WorkspaceRole;
  /** The networks to whose accounts they are confined; all when absent. */
  readonly networks?: readonly NetworkName[];
}

/**
 * The values for the placeholders of a text. `{coffee.name}` and `{coffee.notes}` in one text belong to the same coffee; `{place}`
 * is a plain value. `{weekday}` (some days ahead), `{month}` and `{season}` follow from the day of the post.
 */
export type Slots = Readonly<Record<string, readonly (string | Readonly<Record<string, string>>)[]>>;

/** A recurring subject of the brand. Each text has at most 280 characters with its longest values. */
export interface Pillar {
  readonly name: string;
  readonly weight: number;
  /** Without #. */
  readonly hashtags: readonly string[];
  readonly templates: readonly { readonly title: string; readonly text: string }[];
  readonly texts: readonly string[];
  /** Optional last sentences of a text. */
  readonly closings: readonly string[];
  /** Prompts of the team for AI captions. */
  readonly prompts: readonly string[];
  /** The motifs of its pictures; `shows` follows "Close-up of". */
  readonly pictures: readonly { readonly name: string; readonly shows: string }[];
  readonly video: { readonly name: string; readonly shows: string };
}

/** A campaign. Its days are relative to today, and its status follows from them. */
export interface CampaignIdea {
  readonly name: string;
  readonly brief: string;
  readonly from: number;
  readonly to: number;
  readonly pillars: readonly string[];
}

/** The messages of a conversation about one subject: one of the openings, then answers and questions in turns. */
export interface Topic {
  readonly openings: readonly string[];
  readonly turns: readonly string[];
}
