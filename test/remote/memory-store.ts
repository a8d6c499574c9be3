import type { RemoteStore } from '../../src/remote/remote-store.ts';

/** A store in this process, with what a test may do to it. */
export class MemoryStore implements RemoteStore {
  readonly values = new Map<string, Buffer>();
  /** Everything that was ever stored, by key. */
  readonly everything = new Map<string, Buffer[]>();
  readonly lifetimesMs: number[] = [];
  readonly #endsAtMs = new Map<string, number>();
  /** Calls of these kinds fail, or never end. */
  failing: { get?: Error; set?: Error } = {};
  isSilent = false;
  now = () => performance.now();
  calls = 0;

  async get(key: string): Promise<Buffer | undefined> {
    await this.#call(this.failing.get);
    if (this.now() >= (this.#endsAtMs.get(key) ?? 0)) this.values.delete(key);
    return this.values.get(key);
  }

  async set(key: string, value: Buffer, lifetimeMs: number): Promise<void> {
    if (!this.failing.set && !this.isSilent) this.#endsAtMs.set(key, this.now() + lifetimeMs);
    await this.#call(this.failing.set);
    this.lifetimesMs.push(lifetimeMs);
    this.values.set(key, value);
    this.everything.set(key, [...(this.everything.get(key) ?? []), value]);
  }

  async add(key: string, value: Buffer, lifetimeMs: number): Promise<boolean> {
    if (this.now() < (this.#endsAtMs.get(key) ?? 0)) return false;
    await this.set(key, value, lifetimeMs);
    return true;
  }

  close(): void {}

  #call(error: Error | undefined): Promise<void> {
    this.calls++;
    if (this.isSilent) return new Promise(() => {});
    return error ? Promise.reject(error) : Promise.resolve();
  }
}
