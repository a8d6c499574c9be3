import { describe, expect, it } from 'vitest';
import { UnknownOutcomeError } from '../../src/database/errors.ts';
import { Changes } from '../../src/domains/changes.ts';
import type { Context } from '../../src/domains/context.ts';
import { mutationInSteps } from '../../src/domains/mutation.ts';
import { UnavailableError } from '../../src/unavailable-error.ts';

describe('a mutation in steps whose database goes away', () => {
  async function run(first: 'committed' | 'rolledBack', error: Error): Promise<unknown> {
    const changes = new Changes();
    const resolve = mutationInSteps(async () => {
      changes.settle(first);
      throw error;
    });
    return await resolve(null, { input: {} }, { changes } as unknown as Context).catch((thrown: unknown) => thrown);
  }

  it('is of unknown outcome after a step that was committed: to send it again would do that step twice', async () => {
    const error = new UnavailableError('lost');
    const thrown = await run('committed', error);
    expect(thrown).toBeInstanceOf(UnknownOutcomeError);
    expect(thrown).toMatchObject({ cause: error });
  });

  it('has not happened when no step was committed', async () => {
    const error = new UnavailableError('lost');
    expect(await run('rolledBack', error)).toBe(error);
  });

  it('fails with an error of our own as it is', async () => {
    const error = new TypeError('a bug');
    expect(await run('committed', error)).toBe(error);
  });
});
