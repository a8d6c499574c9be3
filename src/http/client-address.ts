import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';

/** The proxies whose `X-Forwarded-For` is trusted: their number in front of the server, or addresses as `proxy-addr` takes them. */
export type TrustedProxies = number | readonly string[];

/** Groups of 16 bits in the prefix of an IPv6 network (/64). */
const networkGroups = 4;

/**
 * Creates a function that identifies a client by its network address: that of the connection, or the one that trusted proxies state
 * in `X-Forwarded-For`. An IPv6 address is cut to its network, `2001:db8:0:1::/64`, as one client may have all addresses in it.
 */
export function createClientAddress(trusted: TrustedProxies): (request: IncomingMessage) => string {
  const trust = createTrust(trusted);
  return (request) => networkOf(proxyAddr(request, trust));
}

/** Creates a function that says whether a request arrived by the connection of a trusted proxy. */
export function createProxyCheck(trusted: TrustedProxies): (request: IncomingMessage) => boolean {
  const trust = createTrust(trusted);
  return ({ socket: { remoteAddress } }) => remoteAddress !== undefined && trust(remoteAddress, 0);
}

function createTrust(trusted: TrustedProxies): (address: string, hop: number) => boolean {
  if (typeof trusted === 'number') return (_, hop) => hop < trusted;
  const trust = proxyAddr.compile([...trusted]);
  return (address, hop) => trust(withoutPort(address), hop);
}

/** Some proxies write the port of the client's connection too: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(address: string): string {
  const { v6, v4 } = /^\[(?<v6>[^\]]+)\](?::\d+)?$|^(?<v4>[\d.]+):\d+$/.exec(address)?.groups ?? {};
  return v6 ?? v4 ?? address;
}

function networkOf(stated: string | undefined): string {
  const address = stated === undefined ? '' : withoutPort(stated);
  // Other notations of IPv4, such as octal numbers, are read differently by different programs.
  if (!ipaddr.IPv4.isValidFourPartDecimal(address) && !ipaddr.IPv6.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const network = parsed.parts.slice(0, networkGroups).map((group) => group.toString(16));
  return `${network.join(':')}::/${16 * networkGroups}`;
}
