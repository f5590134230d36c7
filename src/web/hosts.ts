/** The names under which the dashboard answers. */
import { isIP, isIPv6 } from 'node:net';

/** An address that no other machine reaches. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** Browsers leave the port of the scheme out of Host. */
const DEFAULT_PORTS: readonly number[] = [80, 443];

/** As browsers write them in Host: with the port, in lower case. @param names further ones, without port */
export function hostsFor(address: string, port: number, names: readonly string[]): readonly string[] {
  const own = isLoopback(address)
    ? ['localhost', '127.0.0.1', '[::1]', inAddress(address)]
    : [inAddress(address)];
  const all = [...own, ...names].map((name) => name.toLowerCase());
  return [
    ...new Set(all.flatMap((name) => [`${name}:${port}`, ...(DEFAULT_PORTS.includes(port) ? [name] : [])])),
  ];
}

/** `http://127.0.0.1:7780` */
export function addressOf(scheme: string, address: string, port: number): string {
  return `${scheme}://${inAddress(address)}:${port}`;
}

/** RFC 3986, 3.2.2: an IPv6 address stands in brackets. */
function inAddress(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}
