/**
 * Which host a request goes to. Whoever stands in the place of the KMS hands out the wrapping key and so reads the material:
 * plain http is for loopback hosts only, and there is no switch that says otherwise.
 */
import { BlockList, isIP } from 'node:net';
import { ByokError } from '../errors';

export interface EndpointConfig {
  /** `huaweicloud`, `opentelekomcloud`, or a domain suffix such as "myhuaweicloud.eu". @default huaweicloud */
  readonly cloud?: string | undefined;
  readonly region?: string | undefined;
  /** Base URL given by hand; `cloud` and `region` are not looked at then. */
  readonly kmsEndpoint?: string | undefined;
}

export const defaultCloud = 'huaweicloud';

const namedClouds: Readonly<Record<string, (region: string) => string>> = {
  // The region in Dublin is the one that lives under another top-level domain.
  huaweicloud: (region) => (region === 'eu-west-101' ? 'myhuaweicloud.eu' : 'myhuaweicloud.com'),
  opentelekomcloud: () => 'otc.t-systems.com',
};

const dnsLabel = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const regionForm = new RegExp(`^${dnsLabel}$`);
const domainForm = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})+$`);

/** True for the cloud whose tools read `OS_*` variables. Domain suffixes of Open Telekom Cloud count, others do not. */
export function isOpenTelekomCloud(cloud: string): boolean {
  return cloud === 'opentelekomcloud' || cloud === 't-systems.com' || cloud.endsWith('.t-systems.com');
}

/**
 * @returns the base URL, without a slash at its end in `pathname` unless that is all of it
 * @throws ByokError ERR_CONFIGURATION when the parts give no endpoint, or an unsafe one
 */
export function resolveKmsEndpoint(config: EndpointConfig): URL {
  return config.kmsEndpoint === undefined
    ? endpointOfRegion(config.cloud ?? defaultCloud, config.region)
    : endpointByHand(config.kmsEndpoint);
}

function endpointOfRegion(cloud: string, region: string | undefined): URL {
  if (region === undefined || !regionForm.test(region)) {
    const found = region === undefined ? 'is not set' : `is "${region}"`;
    throw new ByokError('ERR_CONFIGURATION', `region ${found}; give a region of the cloud such as "eu-de", or kms_endpoint`, {
      attribute: 'region',
    });
  }
  const domain = Object.hasOwn(namedClouds, cloud) ? namedClouds[cloud]?.(region) : cloud;
  if (domain === undefined || !domainForm.test(domain)) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `cloud is "${cloud}"; allowed are ${Object.keys(namedClouds).join(', ')}, or a domain suffix such as "myhuaweicloud.eu"`,
      { attribute: 'cloud' },
    );
  }
  return new URL(`https://kms.${region}.${domain}`);
}

function endpointByHand(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw refusedEndpoint(url === undefined ? `"${text}" is not a URL` : `"${shown(url)}" is neither https nor http`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw refusedEndpoint(`"${shown(url)}" was given with a user name, a query or a fragment`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw refusedEndpoint(
      `"${shown(url)}" is plain http to a host that is not this machine, where anyone in between could read the material`,
    );
  }
  return url;
}

function refusedEndpoint(found: string): ByokError {
  return new ByokError(
    'ERR_CONFIGURATION',
    `kms_endpoint ${found}; give an https:// base URL (http:// is for 127.0.0.1, ::1 and localhost only)`,
    {
      attribute: 'kms_endpoint',
    },
  );
}

/** Without user name and password, which do not belong into messages. */
function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`;
}

/** @param hostname as `URL.hostname` gives it: an IPv6 address stands in brackets, an IPv4 address is in its dotted form */
export function isLoopback(hostname: string): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  return family === 0 ? address === 'localhost' : loopback.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
