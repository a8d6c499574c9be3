import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { messageOf, namingVariable } from '../src/error-message.ts';

/** What Node says of a host with two addresses of which neither has a listener. */
async function refusedTwice(): Promise<unknown> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  const socket = connect({
    ...{ host: 'two.test', port, autoSelectFamily: true },
    lookup: (_host, _options, found) =>
      found(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]),
  });
  const [error] = await once(socket, 'error').catch((thrown: unknown) => [thrown]);
  return error;
}

describe('the message of an error', () => {
  it('is that of its parts when it has none of its own', async () => {
    const error = await refusedTwice();
    expect(error).toMatchObject({ message: '' });
    expect(messageOf(error)).toMatch(/^connect ECONNREFUSED 127.0.0.1:\d+; connect ECONNREFUSED 127.0.0.2:\d+$/);
  });

  it.each([
    [new Error('it is full'), 'it is full'],
    ['it is full', 'it is full'],
    [{ message: 'it is full' }, 'it is full'],
    [{ name: 'ErrnoError', errno: 51 }, "{ name: 'ErrnoError', errno: 51 }"],
    [new Error('', { cause: new Error('it is full') }), 'it is full'],
    [Object.assign(new Error(''), { code: 'ENOSPC' }), 'ENOSPC'],
    [new TypeError(' '), 'TypeError'],
    [new AggregateError([]), 'AggregateError'],
    [new AggregateError([new AggregateError([new Error('it is full'), 'it is full'])]), 'it is full'],
    [undefined, 'undefined'],
    ['', 'an error without a description'],
  ])('is never empty, for anything that was thrown: %o', (thrown, words) => {
    expect(messageOf(thrown)).toBe(words);
  });

  it('is bounded, line by line, also for errors that contain themselves', () => {
    expect(messageOf(`${'x'.repeat(5_000)}\nmore`)).toBe(`${'x'.repeat(1_000)}…\nmore`);
    const round = new AggregateError([]);
    round.errors.push(round);
    expect(messageOf(round)).toBe('AggregateError');
  });
});

describe('an attempt for which a variable is named', () => {
  it('has the variable once in front of the message of its error', async () => {
    const inner = namingVariable(
      { variable: 'DATA_DIR', value: '/full' },
      Promise.reject({ message: 'no space left' }),
    );
    const outer = namingVariable({ variable: 'DATABASE_URL' }, inner);
    await expect(outer).rejects.toThrow(/^DATA_DIR \/full: no space left$/);
    const own = namingVariable({ variable: 'PORT', value: '80' }, Promise.reject(new Error('PORT 80 is taken')));
    await expect(own).rejects.toThrow(/^PORT 80 is taken$/);
  });

  it('resolves as it does without', async () => {
    expect(await namingVariable({ variable: 'PORT' }, Promise.resolve(1))).toBe(1);
  });
});
