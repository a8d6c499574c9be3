/**
 * Loaded into a process before anything else: a wall clock that steps when it is told to. The monotonic clock is as it is, for a step
 * of a machine's clock does not move that either.
 */
let stepMs = 0;
const SystemDate = Date;

globalThis.Date = class extends SystemDate {
  constructor(...parts: unknown[]) {
    if (parts.length === 0) super(SystemDate.now() + stepMs);
    else super(...(parts as [number]));
  }

  static override now(): number {
    return SystemDate.now() + stepMs;
  }
} as DateConstructor;

process.on('message', (message: { stepMs: number }) => {
  stepMs += message.stepMs;
});
process.channel?.unref();
