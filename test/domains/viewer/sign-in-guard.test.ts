import { sql } from 'kysely';
import { describe, expect, it, vi } from 'vitest';
import { SignInGuard } from '../../../src/domains/viewer/sign-in-guard.ts';
import { createTestDatabase } from '../../setup/databases.ts';

const limits = {
  windowSeconds: 900,
  maxFailures: 3,
  maxFailuresPerClient: 5,
  maxFailuresPerEmail: 8,
  maxWaiting: 4,
};
const generous = { ...limits, maxFailures: 1_000, maxFailuresPerClient: 1_000, maxFailuresPerEmail: 1_000 };
const wrong = async () => false;
const right = async () => true;
const limited = { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) } };

async function fail(guard: SignInGuard, times: number, attempt: (index: number) => { client: string; email: string }) {
  for (let index = 0; index < times; index++) expect(await guard.attempt(attempt(index), wrong)).toBe(false);
}

describe('attempts to sign in that fail', () => {
  it('are limited for a client and an address, before any password is checked', async () => {
    const guard = new SignInGuard(limits);
    const eve = { client: '192.0.2.1', email: 'ada@example.com' };
    await fail(guard, 3, () => eve);
    const check = vi.fn(right);
    await expect(guard.attempt(eve, check)).rejects.toMatchObject(limited);
    expect(check).not.toHaveBeenCalled();
    expect(await guard.attempt({ ...eve, email: 'grace@example.com' }, right)).toBe(true);
    expect(await guard.attempt({ ...eve, client: '192.0.2.2' }, right)).toBe(true);
  });

  it('are limited for a client, whatever the addresses', async () => {
    const guard = new SignInGuard(limits);
    const spray = (index: number) => ({ client: '192.0.2.1', email: `${index}@example.com` });
    await fail(guard, 5, spray);
    await expect(guard.attempt(spray(5), right)).rejects.toMatchObject(limited);
    expect(await guard.attempt({ client: '192.0.2.2', email: '0@example.com' }, right)).toBe(true);
  });

  it('are limited for an address, whatever the clients', async () => {
    const guard = new SignInGuard(limits);
    const swarm = (index: number) => ({ client: `192.0.2.${index}`, email: 'ada@example.com' });
    await fail(guard, 8, swarm);
    await expect(guard.attempt(swarm(8), right)).rejects.toMatchObject(limited);
    expect(await guard.attempt({ client: '192.0.2.8', email: 'grace@example.com' }, right)).toBe(true);
  });

  it('are not counted for a client where its address is the limit', async () => {
    const guard = new SignInGuard(limits);
    const eve = { client: '192.0.2.1', email: 'ada@example.com' };
    await fail(guard, 3, () => eve);
    for (let index = 0; index < 5; index++) await expect(guard.attempt(eve, wrong)).rejects.toMatchObject(limited);
    await fail(guard, 2, () => ({ ...eve, email: 'grace@example.com' }));
    await expect(guard.attempt({ ...eve, email: 'joan@example.com' }, right)).rejects.toMatchObject(limited);
  });

  it('are counted while they are under way, so that many at once are not more', async () => {
    const guard = new SignInGuard({ ...limits, maxWaiting: 100 });
    const check = vi.fn(wrong);
    const attempts = Array.from({ length: 40 }, () =>
      guard.attempt({ client: '192.0.2.1', email: 'ada@example.com' }, check),
    );
    const outcomes = await Promise.allSettled(attempts);
    expect(check).toHaveBeenCalledTimes(3);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(37);
  });

  it('are not those that succeed, nor those in which no password was checked', async () => {
    const guard = new SignInGuard(limits);
    const ada = { client: '192.0.2.1', email: 'ada@example.com' };
    for (let index = 0; index < 10; index++) await guard.attempt(ada, right);
    for (let index = 0; index < 10; index++)
      await expect(guard.attempt(ada, () => Promise.reject(new Error('no database')))).rejects.toThrow('no database');
    await fail(guard, 3, () => ada);
  });
});

describe('the line in front of the passwords', () => {
  /** Two checks that run until they are told to end; those that come later wait. */
  async function busy(guard: SignInGuard) {
    const ends: (() => void)[] = [];
    const hold = () => new Promise<boolean>((resolve) => ends.push(() => resolve(false)));
    const running = [0, 1].map((index) => guard.attempt({ client: `busy ${index}`, email: `busy ${index}` }, hold));
    await vi.waitFor(() => expect(ends).toHaveLength(2));
    return async () => {
      for (const end of ends) end();
      await Promise.all(running);
    };
  }
  const settled = async () => {
    for (let turn = 0; turn < 100; turn++) await null;
  };

  it('lets those go first of whom fewer attempts have failed', async () => {
    const guard = new SignInGuard(generous);
    await fail(guard, 9, (index) => ({ client: 'eve', email: `${index}` }));
    const end = await busy(guard);
    const order: string[] = [];
    const attempts = ['eve', 'eve', 'ada'].map((client, index) =>
      guard.attempt({ client, email: `${client} ${index}` }, async () => {
        order.push(client);
        return false;
      }),
    );
    await settled();
    await end();
    await Promise.all(attempts);
    expect(order).toEqual(['ada', 'eve', 'eve']);
  });

  it('lets nobody wait behind three hundred wrong guesses', async () => {
    const guard = new SignInGuard(generous);
    const end = await busy(guard);
    const order: string[] = [];
    const checking = (who: string, fits: boolean) => async () => {
      order.push(who);
      return fits;
    };
    const guesses = Promise.allSettled(
      Array.from({ length: 300 }, (_, index) =>
        guard.attempt({ client: 'eve', email: `${index}` }, checking('eve', false)),
      ),
    );
    await settled();
    const ada = guard.attempt({ client: 'ada', email: 'ada' }, checking('ada', true));
    await settled();
    await end();
    expect(await ada).toBe(true);
    expect(order.slice(0, 2)).toEqual(['eve', 'ada']); // that one came first, and without any failure before it
    const refused = (await guesses).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(300 - limits.maxWaiting + 1);
  });

  it('refuses who comes last when it is full, and does not count that as a failure', async () => {
    const guard = new SignInGuard({ ...generous, maxFailures: 1 });
    const end = await busy(guard);
    const waiting = Array.from({ length: 4 }, (_, index) =>
      guard.attempt({ client: `${index}`, email: `${index}` }, wrong),
    );
    await settled();
    const late = { client: 'late', email: 'late' };
    await expect(guard.attempt(late, wrong)).rejects.toMatchObject(limited);
    await end();
    await Promise.all(waiting);
    expect(await guard.attempt(late, right)).toBe(true);
  });

  it('keeps nothing of those that it refuses, however many clients they come from', async () => {
    const { queries, counters } = await createTestDatabase('postgres');
    const guard = new SignInGuard(generous, counters);
    const countRows = async () =>
      (await sql<{ count: number }>`select count(*) from rate_limits`.execute(queries)).rows[0]!.count;
    const attempt = (name: string) => guard.attempt({ client: name, email: name }, wrong);
    const end = await busy(guard);
    const waiting = Array.from({ length: 4 }, (_, index) => attempt(`${index}`));
    const rows = 3 * (2 + 4);
    await vi.waitFor(async () => expect(await countRows()).toBe(rows));
    const flood = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => attempt(`flood ${index}`)));
    expect(flood.every(({ status }) => status === 'rejected')).toBe(true);
    expect(await countRows()).toBe(rows);
    await end();
    await Promise.all(waiting);
  });
});
