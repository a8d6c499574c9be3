import { RequestError } from '../connection/request-error.ts';

/** Throws the first of the errors that a mutation refused its input with. */
export function refuseErrors([error]: readonly { readonly message: string }[]): void {
  if (error) throw new RequestError(error.message, 'USER_ERROR');
}
