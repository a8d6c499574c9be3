import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { excerpt } from '../text/shown.ts';
import { readUpload } from './multipart.ts';
import { parametersIn, parseJson, parseUrl, withinLevels } from './parameters.ts';
import type { HttpPlugin } from './plugin.ts';
import { checkDeclaredLength, readBody } from './read-body.ts';
import { refusal } from './refusal.ts';

export interface BodyLimits {
  maxBodyBytes: number;
  /** Limit for the whole body of a `multipart/form-data` request. */
  maxUploadBytes: number;
}

export interface ParametersOptions extends BodyLimits {
  /** Folder that holds uploaded files until the response is sent. */
  uploadFolder: string;
}

/** A form of another site can send multipart without a preflight; one of these headers makes the browser send one (CSRF). */
const preflighted = ['x-requested-with', 'graphql-require-preflight', 'apollo-require-preflight'];

/**
 * Reads the GraphQL parameters of a request: from the URL of a GET, the JSON or multipart body of a POST, or a WebSocket message.
 */
export function useParameters({ maxBodyBytes, maxUploadBytes, uploadFolder: folder }: ParametersOptions): HttpPlugin {
  return {
    isRepeatable: true,
    onRequestParse({ request, serverContext: { req, facts, message }, setRequestParser }) {
      if (message) return setRequestParser(() => parametersIn(withinLevels(message.payload)));
      if (request.method === 'GET') setRequestParser(() => parseUrl(request.url));
      if (request.method !== 'POST') return;
      const type = mediaTypeOf(request);
      if (type === 'application/json') {
        setRequestParser(async () => parseJson(await readBody(request, req, maxBodyBytes)));
      } else {
        if (!preflighted.some((name) => request.headers.has(name))) throw forgeable();
        checkDeclaredLength(request, maxUploadBytes);
        const contentType = request.headers.get('content-type')!;
        setRequestParser(async () => {
          const body = req ?? Readable.fromWeb(request.body as ReadableStream);
          facts.upload = await readUpload(body, { contentType, maxBodyBytes, maxUploadBytes, folder });
          return facts.upload.parameters;
        });
      }
    },
    async onResponse({ serverContext: { facts } }) {
      await facts.upload?.close();
    },
  };
}

function mediaTypeOf(request: Request): 'application/json' | 'multipart/form-data' {
  const [type, ...parameters] = (request.headers.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-8"?$/.test(charset)) throw unsupported(charset);
  const coding = request.headers.get('content-encoding');
  if (coding && coding.toLowerCase() !== 'identity') throw encoded(coding);
  const name = type!.trim();
  if (name === 'application/json' || name === 'multipart/form-data') return name;
  throw unsupported(name === '' ? 'no content-type' : name);
}

function unsupported(got: string) {
  return refusal(
    `Unsupported media type: expected application/json, or multipart/form-data for uploads, in UTF-8, but got ${excerpt(got, 100)}.`,
    { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', headers: { Accept: 'application/json, multipart/form-data' } },
  );
}

function encoded(coding: string) {
  return refusal(`Unsupported content coding: expected an unencoded body, but got one in ${coding.slice(0, 100)}.`, {
    status: 415,
    code: 'UNSUPPORTED_MEDIA_TYPE',
    headers: { 'Accept-Encoding': 'identity' },
  });
}

function forgeable() {
  return refusal(`An upload needs one of the headers ${preflighted.join(', ')}, so that other sites cannot send it.`, {
    status: 403,
    code: 'FORBIDDEN',
  });
}
