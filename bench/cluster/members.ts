import { Child } from './child.ts';
import type { Applied, Question } from './member.ts';

/** Processes that hear what is written, of which as many are members as one likes. */
export class Members {
  readonly #children: readonly Child<Question>[];
  #joined = 0;

  private constructor(children: readonly Child<Question>[]) {
    this.#children = children;
  }

  static async start(count: number, databaseUrl: string): Promise<Members> {
    const starts = Array.from({ length: count }, () =>
      Child.start<Question>('member.ts', { DATABASE_URL: databaseUrl }),
    );
    return new Members(await Promise.all(starts));
  }

  /** Lets so many of them be members. */
  async join(count: number): Promise<void> {
    while (this.#joined < count) await this.#children[this.#joined++]!.ask('join');
    while (this.#joined > count) await this.#children[--this.#joined]!.ask('leave');
  }

  /** When each member applied which tag, since it was last asked. */
  async applied(): Promise<Applied[]> {
    return await Promise.all(this.#children.map((child) => child.ask<Applied>('applied')));
  }

  stop(): void {
    for (const child of this.#children) child.stop();
  }
}
