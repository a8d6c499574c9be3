import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendNodeResponse } from '@whatwg-node/server';
import type { YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import { outageOf } from '../graphql/outage.ts';
import type { Pipeline } from './hot-path.ts';
import type { ServerContext } from './plugin.ts';
import { outageResponse, refusalResponse } from './refusal.ts';
import { newRequestId, requestIdFrom } from './request-id.ts';
import { securityHeaders } from './use-security-headers.ts';

type Yoga = Pick<YogaServerInstance<ServerContext, ServerContext>, 'handleNodeRequestAndResponse' | 'fetch'>;

/**
 * Connects Yoga to Node's requests. Yoga's own request listener responds to an error that a plugin throws outside of GraphQL with
 * its stack trace. This one responds with 500 and a code, and logs the error under the request's id.
 */
export function createAdapter(yoga: Yoga, log: Logger) {
  const listener = async (...[req, res, key]: Parameters<Pipeline>) => {
    const context = { req, res, key } as unknown as ServerContext;
    let response: Response;
    try {
      response = await yoga.handleNodeRequestAndResponse(req, res, context);
    } catch (error) {
      response = failed(error, { requestId: requestIdOf(context, req.headers['x-request-id']), log });
    }
    await send(response, { req, res, log });
    if (!req.complete) endSoon(req);
  };
  return {
    listener,
    /** The same without a socket. `initial` has the WebSocket message that the request represents, if there is one. */
    async fetch(url: string, init?: RequestInit, initial: Pick<ServerContext, 'message'> = {}): Promise<Response> {
      const request = new Request(url, init);
      const context = { ...initial } as ServerContext;
      try {
        return await yoga.fetch(request, context);
      } catch (error) {
        return failed(error, { requestId: requestIdOf(context, request.headers.get('x-request-id')), log });
      }
    },
  };
}

/** For how long a client that was answered before it sent all of its body may go on: as long as it may take to read the answer. */
const lingerMs = 2_000;

function endSoon(req: IncomingMessage): void {
  const end = setTimeout(() => req.complete || req.destroy(), lingerMs).unref();
  req.once('close', () => clearTimeout(end));
}

function requestIdOf({ facts }: Partial<ServerContext>, header: string | string[] | null | undefined): string {
  return facts?.requestId ?? requestIdFrom(typeof header === 'string' ? header : undefined) ?? newRequestId();
}

function failed(error: unknown, { requestId, log }: { requestId: string; log: Logger }): Response {
  if (!isClientGone(error)) log.error({ requestId, err: error }, 'unexpected error outside of GraphQL');
  const outage = outageOf(error);
  const response = outage
    ? outageResponse(outage)
    : refusalResponse('Unexpected error', { status: 500, code: 'INTERNAL', requestId });
  for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value);
  response.headers.set('x-request-id', requestId);
  return response;
}

/** Whether the client disconnected, so that no response can be sent. */
function isClientGone(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

interface Sending {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly log: Logger;
}

/** Sends a response. If its body fails half way, the connection is destroyed, so that the client does not take it for complete. */
async function send(response: Response, { req, res, log }: Sending): Promise<void> {
  const others = req.listeners('error');
  try {
    await sendNodeResponse(response, res, req, true);
  } catch (error) {
    if (!res.destroyed && !isClientGone(error)) log.error({ err: error }, 'a response was cut off');
    // The library's listener would cancel the failed stream, which rejects without a handler.
    for (const listener of req.listeners('error'))
      if (!others.includes(listener)) req.off('error', listener as (error: Error) => void);
    req.on('error', () => {});
    res.destroy();
  }
}
