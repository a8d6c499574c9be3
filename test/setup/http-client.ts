import { Agent, request } from 'node:http';
import { gunzipSync } from 'node:zlib';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface HttpClient {
  post(url: string, given: { headers: Record<string, string>; body: string }): Promise<HttpAnswer>;
  /** Ends its connections. */
  close(): void;
}

/** What `fetch` sends by itself and servers heed. */
const usual = { accept: '*/*', 'accept-encoding': 'gzip, deflate' };

/** A client that keeps its connections, for tests that ask thousands of times: `fetch` takes five times the processor time. */
export function createHttpClient(): HttpClient {
  const agent = new Agent({ keepAlive: true });
  return {
    post: (url, { headers, body }) =>
      new Promise((resolve, reject) => {
        const bytes = Buffer.from(body);
        const sent = { ...usual, ...headers, 'content-length': bytes.length };
        const asked = request(url, { agent, method: 'POST', headers: sent }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const received = Buffer.concat(chunks);
            const isCompressed = response.headers['content-encoding'] === 'gzip';
            const text = (isCompressed ? gunzipSync(received) : received).toString();
            const headers = new Headers(Object.entries(response.headers).map(([name, value]) => [name, `${value}`]));
            resolve({ status: response.statusCode!, headers, text });
          });
        });
        asked.on('error', reject);
        asked.end(bytes);
      }),
    close: () => agent.destroy(),
  };
}
