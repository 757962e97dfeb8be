/**
 * Which hosts NO_PROXY exempts, by the rules of Go's golang.org/x/net/http/httpproxy. An entry is
 * "*", an address, a range (CIDR), or a domain; all but ranges may end in a port. Unlike Go, we
 * also accept an address in brackets without a port.
 */
import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';

/**
 * We compare only addresses of the same family: an IPv4-mapped IPv6 address counts as the IPv4
 * address that it maps.
 */
interface Address {
  readonly family: 'ipv4' | 'ipv6';
  /** In its one canonical form. */
  readonly text: string;
}

export function isExempt(endpoint: URL, noProxy: string): boolean {
  const host = withoutBrackets(endpoint.hostname.toLowerCase());
  const port = endpoint.port || '443';
  const address = tryParseAddress(host);
  return noProxy
    .toLowerCase()
    .split(',')
    .map((entry) => entry.trim())
    .some(
      (entry) =>
        entry === '*' ||
        (address === undefined
          ? coversHost(entry, host, port)
          : coversAddress(entry, address, port)),
    );
}

function coversHost(entry: string, host: string, port: string): boolean {
  const { name, port: entryPort } = splitPort(entry);
  if (name === '') {
    return false;
  }
  const domain = name.replace(/^(?:\*?\.)/, '');
  const ascii = domainToASCII(domain) || domain;
  // A leading dot means subdomains only.
  const covered = host.endsWith(`.${ascii}`) || (host === ascii && domain === name);
  return covered && (entryPort === '' || entryPort === port);
}

function coversAddress(entry: string, address: Address, port: string): boolean {
  const { name, port: entryPort } = splitPort(entry);
  const single = tryParseAddress(withoutBrackets(name));
  if (single !== undefined) {
    return (
      single.family === address.family &&
      single.text === address.text &&
      (entryPort === '' || entryPort === port)
    );
  }
  const [, start = '', digits = ''] = /^([^/]+)\/(\d+)$/.exec(entry) ?? [];
  return isWithin(address, start, Number(digits));
}

function isWithin({ family, text }: Address, start: string, prefix: number): boolean {
  const first = tryParseAddress(start);
  const written = isIP(start) === 6 ? 128 : 32;
  if (first === undefined || prefix > written) {
    return false;
  }
  const range = new BlockList();
  // The first 96 bits of all IPv4-mapped addresses are the same.
  const mapped = first.family === 'ipv4' && written === 128;
  if (mapped && prefix < 96) {
    range.addSubnet(start, prefix, 'ipv6');
    return family === 'ipv6' && range.check(text, family);
  }
  range.addSubnet(first.text, mapped ? prefix - 96 : prefix, first.family);
  return family === first.family && range.check(text, family);
}

/** Port "" if there is none. An IPv6 address needs brackets before a port. */
function splitPort(entry: string): { readonly name: string; readonly port: string } {
  const [, bracketed, plain, port] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(entry) ?? [];
  return port === undefined ? { name: entry, port: '' } : { name: bracketed ?? plain ?? '', port };
}

/** Undefined for anything else, including an address with a zone: no URL can hold one. */
function tryParseAddress(text: string): Address | undefined {
  const version = isIP(text);
  if (version === 0 || text.includes('%')) {
    return undefined;
  }
  if (version === 4) {
    return { family: 'ipv4', text };
  }
  const canonical = withoutBrackets(new URL(`http://[${text}]`).hostname);
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) {
    return { family: 'ipv6', text: canonical };
  }
  const bytes = [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff]);
  return { family: 'ipv4', text: bytes.join('.') };
}

function withoutBrackets(text: string): string {
  return text.replace(/^\[(.*)\]$/, '$1');
}
