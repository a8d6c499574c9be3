/** The methods of a log that are used; a pino logger has them. */
export type LogLevels = Record<'info' | 'warn' | 'error', (details: object, message: string) => void>;

/** Like `LogLevels`; `kind` distinguishes lines with the same message. */
export type ThrottledLog = Record<'info' | 'warn' | 'error', (details: object, message: string, kind?: string) => void>;

/** Maximum of kinds that are distinguished at a time. Beyond it, only messages are, of which the code has a fixed number. */
const maxKinds = 100;

/**
 * A log that writes each kind of warning and error at most once a second, as an outage would cause one per request. The first line
 * is written at once. After a second, the last line since then is written, with the number of the others as `suppressed`.
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

/** Lines that arrived within a second after a written one. */
interface Held {
  count: number;
  /** Writes the last line. */
  write: () => void;
}

function inBackground(ms: number, run: () => void): void {
  setTimeout(run, ms).unref();
}
