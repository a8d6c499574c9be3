import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { HotPath } from '../../../src/http/hot-path.ts';
import { RememberedResponses } from '../../../src/http/remembered-responses.ts';
import { requestKey } from '../../../src/http/request-key.ts';
import { grownOld } from '../../setup/garbage.ts';
import { calm, madeOf, preparedRequest, rerunOf, viewer } from '../hot-request.ts';

/** Gives a response of the hot path 5,000 times, and prints how many bytes each leaves in the memory of old objects. */

const times = 5_000;
const how = process.argv[2];
const reuse = how === 'remembered' ? () => 1_000 : () => undefined;
const rerun = how === 'remembered' ? async () => undefined : async () => rerunOf('made anew');
const engine = { ...calm, authenticate: () => viewer, reuse, rerun };
const responses = new RememberedResponses({ engine, maxBytes: 1_000_000 });
let given = 0;
const pipeline = () => {
  throw new Error('expected the hot path to respond, but the pipeline was asked');
};
const { listener } = new HotPath(pipeline, {
  ...{ authenticate: engine.authenticate, responses, graphqlPath: '/graphql' },
  onResponse: () => given++,
});
const socket = new Socket();
const requestOf = () => {
  const headers = { authorization: 'Bearer token' };
  return Object.assign(new IncomingMessage(socket), { method: 'GET', url: '/graphql?query={a}', headers });
};
responses.remember(requestKey(requestOf())!, preparedRequest, madeOf());

async function give() {
  given = 0;
  for (let time = 0; time < times; time++) {
    const request = requestOf();
    listener(request, new ServerResponse(request));
    if (given <= time) await turn();
  }
  if (given !== times) throw new Error(`expected ${times} responses, but got ${given}`);
}

await give(); // what is compiled and remembered grows old
console.log((await grownOld(give)) / times);
