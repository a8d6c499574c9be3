import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';

/** How many proxies in front of the server are trusted to say who their clients are, or which ones, as `proxy-addr` takes them. */
export type TrustedProxies = number | readonly string[];

/** Groups of 16 bits by which a network of IPv6 tells its clients apart from those of others. */
const networkGroups = 4;

/**
 * Tells clients apart by their network address: that of the connection, or what trusted proxies say in `X-Forwarded-For`. Of an
 * IPv6 address it is the network, `2001:db8:0:1::/64`, as a client may have all addresses in it.
 */
export function createClientAddress(trusted: TrustedProxies): (request: IncomingMessage) => string {
  const trust =
    typeof trusted === 'number' ? (_: string, hop: number) => hop < trusted : proxyAddr.compile([...trusted]);
  return (request) => networkOf(proxyAddr(request, trust));
}

function networkOf(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const network = parsed.parts.slice(0, networkGroups).map((group) => group.toString(16));
  return `${network.join(':')}::/${16 * networkGroups}`;
}
