/** The URL of a path beneath a configured base URL, which may end with slashes. */
export function urlBeneath(baseUrl: string, path: string): string {
  return `${baseUrl.replace(/\/+$/, '')}/${path}`;
}

/**
 * The milliseconds that a `Retry-After` header asks to wait. RFC 9110, 10.2.3: seconds or a date. Undefined if it asks for nothing.
 */
export function retryAfterOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
