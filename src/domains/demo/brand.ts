import type { NetworkName, WorkspaceRole } from '../../generated/schema.ts';

/** Everything that is particular to a demo workspace: who it is and how it speaks. All of it is invented. */
export interface Brand {
  readonly name: string;
  /** On the networks, without @. */
  readonly handle: string;
  readonly mailDomain: string;
  readonly timeZone: string;
  readonly locale: string;
  readonly weekStartsOn: 'MONDAY' | 'SUNDAY';
  readonly requiresApproval: boolean;
  readonly voice: string;
  /** The most important first. */
  readonly networks: readonly NetworkName[];
  /** Colours of its pictures, `#rrggbb`. */
  readonly palette: readonly string[];
  readonly team: readonly TeamMember[];
  readonly slots: Slots;
  readonly pillars: readonly Pillar[];
  readonly campaigns: readonly CampaignIdea[];
  readonly conversations: Readonly<Record<ConversationKind, readonly Topic[]>>;
  readonly contacts: { readonly given: readonly string[]; readonly family: readonly string[] };
  /** What a contact says when all is well, and what the team answers. */
  readonly farewells: { readonly thanks: readonly string[]; readonly answers: readonly string[] };
  readonly savedReplies: readonly { readonly title: string; readonly body: string }[];
  /** `day` counts from today. */
  readonly notes: readonly { readonly day: number; readonly text: string }[];
  readonly documents: readonly string[];
}

export type ConversationKind = 'COMMENT' | 'DIRECT_MESSAGE' | 'MENTION' | 'REVIEW';

/** Somebody who works for several brands stands in each team with the same address. */
export interface TeamMember {
  readonly name: string;
  readonly email: string;
  readonly role: WorkspaceRole;
  /** The only networks whose accounts they see; all when absent. */
  readonly networks?: readonly NetworkName[];
}

/**
 * What the gaps of a text can hold. `{coffee.name}` and `{coffee.notes}` in one text speak of the same coffee; `{place}` is a
 * plain value. `{weekday}` (some days ahead), `{month}` and `{season}` follow from the day of the post.
 */
export type Slots = Readonly<Record<string, readonly (string | Readonly<Record<string, string>>)[]>>;

/** A subject that the brand keeps coming back to. Each text is at most 280 characters with its longest values. */
export interface Pillar {
  readonly name: string;
  readonly weight: number;
  /** Without #. */
  readonly hashtags: readonly string[];
  readonly templates: readonly { readonly title: string; readonly text: string }[];
  readonly texts: readonly string[];
  /** Sentences that may follow a text. */
  readonly closings: readonly string[];
  /** What the team asks an AI to write. */
  readonly prompts: readonly string[];
  /** What pictures of it show, to follow "Close-up of". */
  readonly pictures: readonly { readonly name: string; readonly shows: string }[];
  readonly video: { readonly name: string; readonly shows: string };
}

/** Days count from today; no status: it follows from the days. */
export interface CampaignIdea {
  readonly name: string;
  readonly brief: string;
  readonly from: number;
  readonly to: number;
  readonly pillars: readonly string[];
}

/** One of the openings, then answer, question, answer … in turns. */
export interface Topic {
  readonly openings: readonly string[];
  readonly turns: readonly string[];
}
