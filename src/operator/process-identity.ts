import { randomUUID } from 'node:crypto';
import { placeOfProcess } from '../database/lock-owner.ts';

/** A process among those of its database. */
export interface ProcessIdentity {
  /** Unlike that of any other process, earlier ones included. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Of Magpie. */
  readonly version: string;
  /** Whether it publishes posts, and does whatever else one worker of a machine does for all. */
  readonly runsBackgroundWork: boolean;
  /** ISO 8601, by the clock of the process. */
  readonly startedAt: string;
}

/** The identity of this process, with what is known better. */
export function identityOf(
  known: Pick<ProcessIdentity, 'version' | 'startedAt'> & Partial<ProcessIdentity>,
): ProcessIdentity {
  return { id: randomUUID(), ...placeOfProcess(), runsBackgroundWork: true, ...known };
}
