import { ulid } from 'ulid';
import { createRandom } from '../../src/domains/demo/random.ts';
import { type NodeType, prefixes } from '../../src/domains/ids.ts';

const begin = Date.UTC(2026, 0, 1);
const random = createRandom(1);
let made = 0;

/**
 * An id as `newId` makes them, in order of creation and the same in every run of a test file. What the product derives from an id
 * (the seed of a demo's workspace, the order of rows of one moment) is then the same in every run too.
 */
export function testId(type: NodeType): string {
  made += 1;
  return `${prefixes[type]}_${ulid(begin + made, random.next)}`;
}
