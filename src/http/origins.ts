/** Whether pages of an origin, as in the `Origin` header, may read responses. */
export type IsAllowedOrigin = (origin: string) => boolean;

const anyPort = ':*';

/** Takes origins such as `https://app.example`, `http://localhost:*` (any port or none), or `*` (all origins). */
export function createOriginCheck(origins: readonly string[]): IsAllowedOrigin {
  if (origins.includes('*')) return () => true;
  const exact = new Set(origins);
  const withoutPort = new Set(
    origins.filter((one) => one.endsWith(anyPort)).map((one) => one.slice(0, -anyPort.length)),
  );
  return (origin) => exact.has(origin) || withoutPort.has(origin.replace(/:\d{1,5}$/, ''));
}
