/**
 * The status of an answer that a request's conditions replace, for GET and HEAD of something with this ETag: 304, the client has
 * it; 412, the client insists on another; undefined, the conditions hold. RFC 9110, section 13.2.2. Nothing here has a date of
 * modification, so conditions on dates are ignored (section 13.1.3).
 */
export function statusByConditions(headers: Headers, etag: string): 304 | 412 | undefined {
  const ifMatch = headers.get('if-match');
  if (ifMatch && !listsTag(ifMatch, (tag) => tag === etag && !isWeak(tag))) return 412;
  const ifNoneMatch = headers.get('if-none-match');
  return ifNoneMatch && listsTag(ifNoneMatch, (tag) => opaqueTag(tag) === opaqueTag(etag)) ? 304 : undefined;
}

/** Whether a range may be given to the client, who may have parts of another version: `If-Range`, RFC 9110, section 13.1.5. */
export function isRangeWanted(headers: Headers, etag: string): boolean {
  const ifRange = headers.get('if-range');
  return !ifRange || (ifRange === etag && !isWeak(etag));
}

/** The answer to a GET or HEAD that its conditions replace; undefined when they hold. `headers` are those of status 200. */
export function conditionalResponse(request: Request, headers: Record<string, string>): Response | undefined {
  const status = statusByConditions(request.headers, headers.etag!);
  return status && new Response(null, { status, headers });
}

/** Whether a list of tags, or `*`, has one that fits. A tag may hold commas, so it is found by its quotes. */
function listsTag(list: string, fits: (tag: string) => boolean): boolean {
  return list.trim() === '*' || (list.match(/(W\/)?"[^"]*"/g) ?? []).some(fits);
}

function isWeak(tag: string): boolean {
  return tag.startsWith('W/');
}

function opaqueTag(tag: string): string {
  return isWeak(tag) ? tag.slice(2) : tag;
}
