/** What a log takes; pino's is one. */
export type LogLevels = Record<'info' | 'warn' | 'error', (details: object, message: string) => void>;

/** Messages that are told apart at a time; they are constants of the code, so there are few. */
const maxMessages = 100;

/**
 * Writes each warning and each error once a second at most, for what an outage would multiply by the number of requests. The first is written
 * at once; when its second is over, the last of those that came meanwhile is, with `suppressed`: the number of the others.
 */
export function throttled(log: LogLevels, { everyMs = 1_000, after = inBackground } = {}): LogLevels {
  const held = new Map<string, Held>();

  function hold(message: string): void {
    const own: Held = { count: 0, write: () => {} };
    held.set(message, own);
    after(everyMs, () => {
      held.delete(message);
      if (own.count === 0) return;
      hold(message);
      own.write();
    });
  }
  const at = (level: 'warn' | 'error') => (details: object, message: string) => {
    const earlier = held.get(message);
    if (!earlier) {
      if (held.size < maxMessages) hold(message);
      return log[level](details, message);
    }
    const suppressed = earlier.count++;
    earlier.write = () => log[level](suppressed > 0 ? { ...details, suppressed } : details, message);
  };
  return { info: (details, message) => log.info(details, message), warn: at('warn'), error: at('error') };
}

/** Lines that came within a second of one that was written. */
interface Held {
  count: number;
  /** Writes the last of them. */
  write: () => void;
}

function inBackground(ms: number, run: () => void): void {
  setTimeout(run, ms).unref();
}
