/** What a log takes; pino's is one. */
export type LogLevels = Record<'info' | 'warn' | 'error', (details: object, message: string) => void>;

/** As `LogLevels`; lines of one message are told apart by their kind too, if they have one. */
export type ThrottledLog = Record<'info' | 'warn' | 'error', (details: object, message: string, kind?: string) => void>;

/** Kinds of lines that are told apart at a time. Beyond, those of one message are one kind: messages are constants of the code. */
const maxKinds = 100;

/**
 * Writes each kind of warning and error once a second at most, for what an outage would multiply by the number of requests. The first is written
 * at once; when its second is over, the last of those that came meanwhile is, with `suppressed`: the number of the others.
 */
export function throttled(log: LogLevels, { everyMs = 1_000, after = inBackground } = {}): ThrottledLog {
  const held = new Map<string, Held>();

  function hold(name: string): void {
    const own: Held = { count: 0, write: () => {} };
    held.set(name, own);
    after(everyMs, () => {
      held.delete(name);
      if (own.count === 0) return;
      hold(name);
      own.write();
    });
  }
  const at =
    (level: 'warn' | 'error') =>
    (details: object, message: string, kind = '') => {
      const full = `${message} ${kind}`;
      const name = held.has(full) || held.size < maxKinds ? full : message;
      const earlier = held.get(name);
      if (!earlier) {
        hold(name);
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
