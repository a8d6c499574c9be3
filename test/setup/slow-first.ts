import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What a file calls that waits for other processes or seeds a demo, whatever its own length. */
const slow = /\b(startProgram|startHost|startProcess|seedDemo|createTwoWorlds)\(|template: 'seeded'/;

/** Starts the slow files first, so that at the end no worker waits for one that was begun last; of others the long ones first. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = new Set(sorted.filter(({ moduleId }) => slow.test(readFileSync(moduleId, 'utf8'))));
    return [...isSlow, ...sorted.filter((file) => !isSlow.has(file))];
  }
}
