import { ApolloServer, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import createResponseCache from '@apollo/server-plugin-response-cache';
import { openBackend, options, serve, ttlSeconds } from './backend.ts';

const { schema, contextFor } = await openBackend();

const responseCache = createResponseCache();
const apollo = new ApolloServer({
  schema,
  csrfPrevention: false,
  plugins: [
    ApolloServerPluginLandingPageDisabled(),
    ApolloServerPluginCacheControl({ defaultMaxAge: ttlSeconds, calculateHttpHeaders: false }),
    ...(options.mode === 'cached' ? [responseCache] : []),
  ],
});
await apollo.start();

/** Without the body parser and CORS of its standalone server. */
serve((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
    const answer: HTTPGraphQLResponse = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        search: '',
        headers,
        body: JSON.parse(Buffer.concat(chunks).toString()),
      },
      context: async () => contextFor(),
    });
    const body = answer.body.kind === 'complete' ? answer.body.string : '';
    for (const [name, value] of answer.headers) response.setHeader(name, value);
    response.writeHead(answer.status ?? 200).end(body);
  });
});
