import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Answers } from './questions.ts';

/** The limit: reads the body, parses it, and writes a buffer that was prepared beforehand. */
const answers = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Answers;
const prepared = new Map(Object.entries(answers.byName).map(([name, text]) => [name, bodyOf(text)]));
const preparedById = new Map(Object.entries(answers.byId).map(([id, text]) => [id, bodyOf(text)]));

interface Body {
  readonly plain: Buffer;
  readonly gzip: Buffer;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { operationName, variables } = JSON.parse(Buffer.concat(chunks).toString());
    const body = operationName === 'zipf' ? preparedById.get(variables.id) : prepared.get(operationName);
    if (!body) return response.writeHead(404).end();
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    if (request.headers['accept-encoding'] === undefined)
      response.writeHead(200, { ...headers, 'content-length': body.plain.byteLength }).end(body.plain);
    else
      response
        .writeHead(200, { ...headers, 'content-encoding': 'gzip', 'content-length': body.gzip.byteLength })
        .end(body.gzip);
  });
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () =>
  console.log(`listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);

function bodyOf(text: string): Body {
  return { plain: Buffer.from(text), gzip: gzipSync(text) };
}
