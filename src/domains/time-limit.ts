/**
 * Calls an external system with a time limit. `call` gets a signal that aborts at the limit or with `stop`. The promise rejects at
 * that moment, even if `call` ignores the signal.
 */
export async function inTime<T>(
  call: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  stop?: AbortSignal,
): Promise<T> {
  const limit = new AbortController();
  const signal = stop ? AbortSignal.any([limit.signal, stop]) : limit.signal;
  signal.throwIfAborted();
  const timer = setTimeout(
    () => limit.abort(new Error(`expected a response within ${timeoutMs} ms, but got none`)),
    timeoutMs,
  );
  try {
    return await Promise.race([
      call(signal),
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
