/**
 * Ends a call to the outside in time, or when `stop` says so: `call` gets the signal, and is no longer waited for when it does not
 * heed it.
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
    () => limit.abort(new Error(`expected an answer within ${timeoutMs} ms, but got none`)),
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
