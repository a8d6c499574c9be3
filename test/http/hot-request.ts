import { type OperationTypeNode, parse } from 'graphql';
import type { Viewer } from '../../src/domains/scope.ts';
import type { RerunResult } from '../../src/graphql/engine-interface.ts';
import { type JoinedTemplate, type PreparedRequest, responseTemplate } from '../../src/http/response-template.ts';

/** A request that the hot path answers, and what an engine does with it. */
export const viewer = { workspaceId: 'ws_1', tokenId: 'tok_1', userId: 'user_1', role: 'OWNER' } as Viewer;

/** A clock that stands; nothing is made anew, and everybody may have what is. */
export const calm = { rerun: async () => undefined, share: () => true, stampOf: () => 7, isCutOff: () => false };

export const document = parse('{ __typename }');

export const preparedRequest: PreparedRequest = {
  document: new WeakRef(document),
  operationName: 'page',
  variables: '{"a":1}',
  operation: { name: 'page', type: 'query' as OperationTypeNode },
  method: 'POST',
  acceptEncoding: null,
  headers: ['content-type', 'application/json'],
};

export function madeOf(): JoinedTemplate {
  const template = responseTemplate(preparedRequest, { json: 'remembered', gzipped: undefined, viewer });
  return { template, joined: { fragments: [], period: undefined } };
}

/** As the engine makes it anew. */
export function rerunOf(json: string): RerunResult {
  const origin = {
    joined: { fragments: [], period: undefined },
    period: undefined,
    foundFragments: [],
    executedTraces: [],
  };
  const outcome = { hits: 0, stale: 0, misses: 1, bypasses: 0, freshUntil: Number.POSITIVE_INFINITY };
  return {
    json,
    provenance: { operationRequest: { document }, ...origin },
    cacheUsage: outcome,
    now: 0,
    isCutOff: false,
  };
}
