/** The body of another server's response is longer than its limit. */
export class ResponseTooLongError extends Error {
  override readonly name = 'ResponseTooLongError';
}

/** Reads the text of another server's response. Rejects with `ResponseTooLongError` as soon as it is longer than `maxBytes`. */
export async function responseText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes)
      throw new ResponseTooLongError(`expected a response of at most ${maxBytes} bytes, but got more`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
