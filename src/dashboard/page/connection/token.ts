/** GraphiQL keeps its token under the same key, so one link signs in to both. Ends with the browser's tab. */
const key = 'magpie:token';

/** Takes a token from the URL's fragment, which is never sent, and removes it from the address. */
export function takeGivenToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) history.replaceState(null, '', location.pathname + location.search);
  return given;
}

export function keptToken(): string | null {
  return sessionStorage.getItem(key);
}

export function keepToken(token: string): void {
  sessionStorage.setItem(key, token);
}

export function dropToken(): void {
  sessionStorage.removeItem(key);
}
