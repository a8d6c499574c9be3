import { describe, expect, it } from 'vitest';
import { WorkspaceTasks, type WorkspaceTasksOptions } from '../../src/domains/workspace-tasks.ts';
import { createGate } from '../setup/gates.ts';

/** Tasks named `fails…` fail, those named `slow…` end when the gate is opened. */
function start(options: WorkspaceTasksOptions = {}) {
  const tasks = new WorkspaceTasks({ patienceMs: 60_000, ...options });
  const gate = createGate<void>();
  const begun: string[] = [];
  const failures: Record<string, string> = {};
  let [running, most] = [0, 0];
  const run = (...keys: string[]) =>
    tasks.run(keys, {
      async task(key) {
        begun.push(key);
        running += 1;
        most = Math.max(most, running);
        await (key.startsWith('slow') ? gate.promise : Promise.resolve());
        running -= 1;
        if (key.startsWith('fails')) throw new Error(`${key} failed`);
      },
      onFailure: (key, error) => {
        failures[key] = (error as Error).message;
      },
    });
  return { tasks, gate, begun, failures, run, most: () => most };
}

describe('a round of tasks for workspaces', () => {
  it('runs all of them, and reports those that fail', async () => {
    const { begun, failures, run } = start({ atOnce: 1 });
    await run('fails 1', 'b', 'fails 2', 'c');
    expect(begun).toEqual(['fails 1', 'b', 'fails 2', 'c']);
    expect(failures).toEqual({ 'fails 1': 'fails 1 failed', 'fails 2': 'fails 2 failed' });
  });

  it('fails when all of them do, and not when there are none', async () => {
    const { run } = start();
    await expect(run('fails 1', 'fails 2')).rejects.toThrow('fails 1 failed');
    await run();
  });

  it('runs a few at a time', async () => {
    const { gate, begun, run, most } = start({ atOnce: 2 });
    const round = run('slow 1', 'slow 2', 'slow 3', 'slow 4', 'slow 5');
    expect(begun).toEqual(['slow 1', 'slow 2']);
    gate.open();
    await round;
    expect([begun.length, most()]).toEqual([5, 2]);
  });

  it('goes on without a slow one, which later rounds leave out until it has ended', async () => {
    const { tasks, gate, begun, run } = start({ atOnce: 1, patienceMs: 1 });
    await run('slow', 'b');
    await run('slow', 'b');
    expect(begun).toEqual(['slow', 'b', 'b']);
    expect([tasks.has('slow'), tasks.has('b')]).toEqual([true, false]);
    gate.open();
    await tasks.ended();
    expect(tasks.has('slow')).toBe(false);
    await run('slow');
    expect(begun.at(-1)).toBe('slow');
  });

  it('has ended with its last task, also the slow ones', async () => {
    const { tasks, gate, run } = start({ patienceMs: 1 });
    await run('slow');
    let isOver = false;
    const ended = tasks.ended().then(() => {
      isOver = true;
    });
    await run('b');
    expect(isOver).toBe(false);
    gate.open();
    await ended;
  });
});
