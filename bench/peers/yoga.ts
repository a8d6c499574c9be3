import { createInMemoryCache, useResponseCache } from '@graphql-yoga/plugin-response-cache';
import { createYoga, type Plugin } from 'graphql-yoga';
import { maxAnswers, openBackend, options, serve, ttlSeconds } from './backend.ts';

const { schema, contextFor } = await openBackend();

/** The resolvers' context takes the place of Yoga's, beneath whatever the other plugins do. */
const useContext: Plugin = {
  onExecute({ executeFn, setExecuteFn }) {
    setExecuteFn((given) => executeFn({ ...given, contextValue: contextFor() }));
  },
};

const responseCache = useResponseCache({
  session: () => 'one',
  ttl: ttlSeconds * 1_000,
  cache: createInMemoryCache({ max: maxAnswers }),
});

const yoga = createYoga({
  schema,
  plugins: [useContext, ...(options.mode === 'cached' ? [responseCache] : [])],
  // Whatever it can do without; its body limiter alone halves its throughput.
  ...{ batching: false, cors: false, graphiql: false, landingPage: false, logging: false, multipart: false },
  ...{ maskedErrors: false, maxRequestBodySize: false },
});

serve((request, response) => void yoga(request, response));
