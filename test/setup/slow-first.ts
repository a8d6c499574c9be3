import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What a file calls that collects garbage: it takes a third of the time before others have filled the memory of its worker. */
const collecting = /\/garbage\.ts'/;
/** What a file calls that waits for other processes or seeds a demo, whatever its own length. */
const slow = /\b(startProgram|startHost|startProcess|seedDemo|createTwoWorlds)\(|template: 'seeded'/;

/** Starts the slow files first, so that at the end no worker waits for one that was begun last; of others the long ones first. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const groups: TestSpecification[][] = [[], [], []];
    for (const file of await super.sort(files)) {
      const text = readFileSync(file.moduleId, 'utf8');
      groups[collecting.test(text) ? 0 : slow.test(text) ? 1 : 2]!.push(file);
    }
    return groups.flat();
  }
}
