import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import mercurius from 'mercurius';
import mercuriusCache from 'mercurius-cache';
import { announce, maxAnswers, openBackend, options, ttlSeconds } from './backend.ts';

const { schema, contextFor } = await openBackend();

/** It keeps the value of each field that has a resolver, so that one answer takes many places. */
const placesOfAnAnswer = 10;

const app = fastify({ keepAliveTimeout: 600_000 });
await app.register(mercurius, { schema, jit: 1, graphiql: false, context: contextFor });
if (options.mode === 'cached') {
  const size = maxAnswers * placesOfAnAnswer;
  await app.register(mercuriusCache.default, {
    all: true,
    ttl: ttlSeconds,
    storage: { type: 'memory', options: { size } },
  });
}
await app.listen({ port: 0, host: '127.0.0.1' });
announce((app.server.address() as AddressInfo).port);
