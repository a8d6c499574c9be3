import { useEffect, useRef, useState } from 'preact/hooks';
import type { SignInQuery } from '../../generated/dashboard.ts';
import { openConnection } from './connection/connection.ts';
import type { RequestError } from './connection/request-error.ts';
import { dropToken, keepToken, keptToken, takeGivenToken } from './connection/token.ts';
import signInDocument from './operations/sign-in.graphql';
import { Dialog } from './view/dialog.tsx';
import { Page } from './view/page.tsx';
import { SignIn } from './view/sign-in.tsx';

interface Session {
  readonly token: string;
  readonly workspace: string;
}

/** The page of whoever is signed in, or the form to do so. */
export function App() {
  const [session, setSession] = useState<Session>();
  const [problem, setProblem] = useState<string>();
  const [isTrying, setTrying] = useState(false);
  /** The token of a link that was opened while somebody was signed in. */
  const [offered, offer] = useState<string>();
  const current = useRef<Session>(undefined);
  current.current = session;

  /** Begins a session, and ends none if it fails. */
  const enter = async (token: string): Promise<void> => {
    const connection = openConnection(token);
    const { workspace } = await connection.request<SignInQuery>(signInDocument).finally(connection.close);
    keepToken(token);
    setProblem(undefined);
    setSession({ token, workspace: workspace?.name ?? '' });
  };
  const exchange = (token: string) =>
    enter(token).catch((error) => {
      throw new Error(problemOf(error));
    });
  /** Returns whether the token is one to sign in with. */
  const signIn = async (token: string): Promise<boolean> => {
    setTrying(true);
    try {
      await enter(token);
      return true;
    } catch (error) {
      keepToken(token); // to try it again, unless it is to blame
      end(error as RequestError);
      return false;
    } finally {
      setTrying(false);
    }
  };
  const end = (error?: RequestError) => {
    if (!error || error.isAboutToken) dropToken();
    setSession(undefined);
    offer(undefined);
    setProblem(error && problemOf(error));
  };
  // Once, when the page opens
  useEffect(() => {
    const open = async () => {
      const [given, kept] = [takeGivenToken(), keptToken()];
      const isSignedIn = kept !== null && (await signIn(kept));
      if (given && given !== kept) isSignedIn ? offer(given) : await signIn(given);
    };
    void open();
    const follow = () => {
      const given = takeGivenToken(); // a link that was opened in this tab again
      if (!given || given === current.current?.token) return;
      if (current.current) offer(given);
      else void signIn(given);
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);

  if (session)
    return (
      <>
        <Page key={session.token} {...session} onEnd={end} />
        {offered && (
          <Dialog
            title="Use the token of the link?"
            verb="Use it"
            submit={() => exchange(offered)}
            onClose={() => offer(undefined)}
          >
            <p>You are signed in to {session.workspace}. The link that you opened has another token.</p>
          </Dialog>
        )}
      </>
    );
  return <SignIn {...{ signIn, problem, isTrying }} token={keptToken() ?? ''} />;
}

function problemOf(error: RequestError): string {
  if (error.code === 'UNAUTHENTICATED') return 'This token is not valid: it is wrong, was revoked, or has expired.';
  if (error.code === 'FORBIDDEN')
    return 'This token may not see the cache: expected one of the role ADMIN or OWNER, but got a lower one.';
  return error.message;
}
