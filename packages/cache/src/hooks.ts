import process from 'node:process';
import type { LoadFailure } from './errors.ts';
import type { MissCause } from './request.ts';

interface KeyEvent {
  readonly category: string;
  readonly key: string;
  /** Coordinate of the lookup or entry; empty if the lookup named none. */
  readonly coordinate: string;
}

/** What a hook is called with, by the hook's name. */
export interface HookEvents {
  /** A lookup was served by an entry. */
  readonly hit: KeyEvent & { readonly isStale: boolean };
  /** A lookup needs a load. */
  readonly miss: KeyEvent & { readonly cause: MissCause };
  /** A load ended with a value, whether this is kept or not. */
  readonly load: KeyEvent & { readonly loadMs: number; readonly isRefresh: boolean };
  /** An entry was stored. */
  readonly keep: KeyEvent & { readonly bytes: number };
  /** An entry was removed for want of space. */
  readonly evict: KeyEvent & { readonly bytes: number };
  /** An entry was removed because its time was over. */
  readonly expire: KeyEvent;
  /** A load failed or exceeded its time limit. */
  readonly error: LoadFailure;
}

export type Hooks = { readonly [Name in keyof HookEvents]?: (event: HookEvents[Name]) => void };

type HookName = keyof HookEvents;

const names: readonly HookName[] = ['hit', 'miss', 'load', 'keep', 'evict', 'expire', 'error'];

/** Most events that wait for their hooks. Later ones are left out, because a loop without a pause could make any number. */
const MAX_WAITING = 10_000;

/**
 * Calls the hooks of a cache, in the order of the events, in a later turn of the event loop: a hook then may use the cache, whose
 * work on the event is complete, and a hook that causes events cannot stop the process. What a hook throws becomes a warning of the
 * process, once for each hook.
 */
export class HookCalls {
  /** The hooks. An event without a hook is not created. */
  readonly hooks: Hooks;
  #waiting: (() => unknown)[] = [];
  readonly #reported = new Set<string>();

  constructor(hooks: Hooks = {}) {
    for (const [name, hook] of Object.entries(hooks)) {
      if (!names.includes(name as HookName))
        throw new TypeError(`hooks: expected the names ${names.join(', ')} but got "${name}"`);
      if (hook !== undefined && typeof hook !== 'function')
        throw new TypeError(`hooks.${name}: expected a function but got ${typeof hook}`);
    }
    const { hit, miss, load, keep, evict, expire, error } = hooks;
    this.hooks = { hit, miss, load, keep, evict, expire, error };
  }

  call<Name extends HookName>(name: Name, event: HookEvents[Name]): void {
    const hook = this.hooks[name];
    if (hook === undefined) return;
    if (this.#waiting.length === MAX_WAITING) {
      this.report(
        name,
        new Error(`Expected at most ${MAX_WAITING} events in one turn but got more, which are left out`),
      );
      return;
    }
    if (this.#waiting.push(() => this.#run(name, () => hook(event))) === 1) setImmediate(() => this.#callWaiting());
  }

  /** Reports what a function of the caller's threw, once for each function. */
  report(name: string, error: unknown): void {
    if (this.#reported.has(name)) return;
    this.#reported.add(name);
    process.emitWarning(
      `The function "${name}" of a cache failed, and may fail again without a warning: ${textOf(error)}`,
      {
        type: 'CacheHookWarning',
      },
    );
  }

  #callWaiting(): void {
    const calls = this.#waiting;
    this.#waiting = [];
    for (const call of calls) call();
  }

  #run(name: HookName, call: () => unknown): void {
    try {
      Promise.resolve(call()).catch((error: unknown) => this.report(name, error)); // an asynchronous hook may reject
    } catch (error) {
      this.report(name, error);
    }
  }
}

/** Copies the members that every event has. */
export function keyEventOf({ category, key, coordinate }: KeyEvent): KeyEvent {
  return { category, key, coordinate };
}

/** An error may be any value, and need not have a text. */
function textOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'an error without a text';
  }
}
