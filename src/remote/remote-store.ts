/**
 * A store of bytes by key that processes share. It may lose, keep back or mix up anything. Its calls may take any time, and
 * reject.
 */
export interface RemoteStore {
  get(key: string): Promise<Buffer | undefined>;
  set(key: string, value: Buffer, lifetimeMs: number): Promise<void>;
  /** As `set`, if there is nothing under the key. Resolves with whether it was stored. */
  add(key: string, value: Buffer, lifetimeMs: number): Promise<boolean>;
  close(): void;
}
