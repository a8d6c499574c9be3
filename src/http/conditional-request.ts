/**
 * The status that the preconditions of a GET or HEAD of a resource with this ETag lead to: 304, the client has the representation;
 * 412, it demands another one; undefined, the preconditions hold. RFC 9110, section 13.2.2. No resource has a modification date,
 * so conditions on dates are ignored (section 13.1.3).
 */
export function statusByConditions(headers: Headers, etag: string): 304 | 412 | undefined {
  const ifMatch = headers.get('if-match');
  if (ifMatch && !listsTag(ifMatch, (tag) => tag === etag && !isWeak(tag))) return 412;
  const ifNoneMatch = headers.get('if-none-match');
  return ifNoneMatch && listsTag(ifNoneMatch, (tag) => opaqueTag(tag) === opaqueTag(etag)) ? 304 : undefined;
}

/** Whether a range may be sent: not if the client has parts of another version. `If-Range`, RFC 9110, section 13.1.5. */
export function isRangeWanted(headers: Headers, etag: string): boolean {
  const ifRange = headers.get('if-range');
  return !ifRange || (ifRange === etag && !isWeak(etag));
}

/**
 * The response 304 or 412 to a GET or HEAD; undefined when its preconditions hold. `headers` are those of status 200, the policy of
 * a page among them: with those of a 304, a client replaces those that it has (RFC 9111, section 3.2).
 */
export function conditionalResponse(request: Request, headers: Record<string, string>): Response | undefined {
  const status = statusByConditions(request.headers, headers.etag!);
  if (status === 304) return new Response(null, { status, headers });
  // A cache that stored the refusal would send it to clients without these preconditions.
  return status && new Response(null, { status, headers: { ...headers, 'cache-control': 'no-store' } });
}

/**
 * Whether a list of entity tags contains one that fits; `*` fits always. A tag may contain commas, so it is found by its quotes.
 */
function listsTag(list: string, fits: (tag: string) => boolean): boolean {
  return list.trim() === '*' || (list.match(/(W\/)?"[^"]*"/g) ?? []).some(fits);
}

function isWeak(tag: string): boolean {
  return tag.startsWith('W/');
}

function opaqueTag(tag: string): string {
  return isWeak(tag) ? tag.slice(2) : tag;
}
