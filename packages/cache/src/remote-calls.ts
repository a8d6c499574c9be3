import type { Entry } from './entry.ts';
import type { Flight } from './flight.ts';
import type { HookCalls } from './hooks.ts';
import { freshForMs } from './loaded-entry.ts';
import { checkRemoteValue, offerOf, type RemoteAddress, type RemoteTier, type RemoteValue } from './remote-tier.ts';
import type { Store } from './store.ts';

/** Calls a remote tier, whose errors become a warning, once for each function, and never reach a lookup. */
export class RemoteCalls {
  readonly #tier: RemoteTier;
  readonly #hookCalls: HookCalls;

  constructor(tier: RemoteTier, hookCalls: HookCalls) {
    this.#tier = tier;
    this.#hookCalls = hookCalls;
  }

  /**
   * Calls `answered` later, once, with the value of the flight's key if the tier has a fresh one. Returns false if it is not
   * asked.
   */
  ask(flight: Flight<Store>, answered: (found: RemoteValue | undefined) => void): boolean {
    const asked = this.#attempt('find', () => this.#tier.find(addressOf(flight)));
    if (asked === undefined) return false;
    Promise.resolve(asked).then(
      (found) => answered(this.#attempt('find', () => usable(flight, found))),
      (error: unknown) => {
        this.#hookCalls.report('remote.find', error);
        answered(undefined);
      },
    );
    return true;
  }

  begin(flight: Flight<Store>): void {
    flight.offer = this.#attempt('begin', () => this.#tier.begin(addressOf(flight)));
  }

  /** Gives the result of the flight's load to the tier, once; undefined if there is none to share. */
  offer(flight: Flight<Store>, entry?: Entry, now = 0): void {
    const { offer } = flight;
    flight.offer = undefined;
    if (offer !== undefined) this.#attempt('begin', () => offer(entry && offerOf(entry, now)));
  }

  drop({ category, key, namespace }: RemoteAddress): void {
    this.#attempt('drop', () => this.#tier.drop?.({ category, key, namespace }));
  }

  #attempt<T>(name: keyof RemoteTier, call: () => T): T | undefined {
    try {
      return call();
    } catch (error) {
      this.#hookCalls.report(`remote.${name}`, error);
      return undefined;
    }
  }
}

function addressOf({ loadStart: { store, key, namespace } }: Flight<Store>): RemoteAddress {
  return { category: store.category, key, namespace };
}

function usable(flight: Flight<Store>, found: RemoteValue | undefined): RemoteValue | undefined {
  if (found === undefined) return undefined;
  checkRemoteValue(found);
  return freshForMs(flight, found) > 0 ? found : undefined;
}
