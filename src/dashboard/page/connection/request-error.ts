/** An answer that says why not. Its code is GraphQL's, or `UNREACHABLE` when there was no answer. */
export class RequestError extends Error {
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }

  /** Whether the server has told it. */
  get isAnswer(): boolean {
    return this.code !== 'UNREACHABLE';
  }

  /** Whether another token is needed. */
  get isAboutToken(): boolean {
    return this.code === 'UNAUTHENTICATED' || this.code === 'FORBIDDEN';
  }
}
