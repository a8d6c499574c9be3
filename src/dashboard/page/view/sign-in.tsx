interface SignInProps {
  signIn(token: string): void;
  readonly problem: string | undefined;
  readonly isTrying: boolean;
  /** One that could not be tried for want of an answer; else empty. */
  readonly token: string;
}

/** The form that takes a token. It is kept in this tab alone and never part of a URL. */
export function SignIn({ signIn, problem, isTrying, token: kept }: SignInProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget as HTMLFormElement).get('token');
    if (typeof token === 'string' && token.trim()) signIn(token.trim());
  };
  return (
    <main class="sign-in">
      <div class="brand">
        <Mark /> Magpie
      </div>
      <h1>See what the cache does</h1>
      <p>For owners and admins of a workspace. With the demo, the server prints a link that signs you in.</p>
      <form onSubmit={submit}>
        <label class="field">
          Token
          <input
            name="token"
            type="password"
            autocomplete="off"
            spellcheck={false}
            required
            defaultValue={kept}
            aria-describedby="problem"
          />
          <small>A session’s or an API token. It stays in this tab.</small>
        </label>
        <p id="problem" role="alert" class={problem ? 'problem' : undefined}>
          {problem}
        </p>
        <button type="submit" class="main" disabled={isTrying}>
          {isTrying ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}

/** The product's mark, which is also the page's icon. */
export function Mark() {
  return <img src={document.querySelector<HTMLLinkElement>('link[rel=icon]')!.href} alt="" width={26} height={26} />;
}
