/** An answer's body is longer than any that makes sense. */
export class AnswerTooLongError extends Error {
  override readonly name = 'AnswerTooLongError';
}

/** The text of another server's answer, of at most `maxBytes`: rejects with `AnswerTooLongError` as soon as it is longer. */
export async function answerText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new AnswerTooLongError(`expected an answer of at most ${maxBytes} bytes, but got more`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
