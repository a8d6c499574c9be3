import type { Contender } from './contender.ts';
import type { Entrant, Role } from './field.ts';
import type { Answers, Sender } from './questions.ts';
import type { Report } from './report.ts';
import type { Pace } from './rounds.ts';
import type { Stage } from './stage.ts';

export type Competitor = Contender & Entrant;

/** All that a question is put with. */
export interface Arena {
  readonly stage: Stage;
  readonly sender: Sender;
  readonly pace: Pace;
  readonly answers: Answers;
  readonly competitors: readonly Competitor[];
  readonly report: Report;
}

export function inRoles({ competitors }: Arena, ...roles: readonly Role[]): Competitor[] {
  return competitors.filter(({ role }) => roles.includes(role));
}

/** Undefined when this run is without it. */
export function named({ competitors }: Arena, name: string): Competitor | undefined {
  return competitors.find((competitor) => competitor.name === name);
}
