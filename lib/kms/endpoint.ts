/**
 * Which hosts requests go to: the KMS, and IAM for logins. Anything that takes the place of the KMS
 * hands out the wrapping key and so can read the material; anything that takes the place of IAM can
 * read the password. So plain http is for loopback hosts only, and no switch changes that.
 */
import { BlockList, isIP } from 'node:net';
import { ByokError } from '../errors';
import { defaultCloud } from '../terms/connection';
import { plainSpelling, type Setting, type Spelling } from '../terms/setting';
import { shownOf } from '../terms/shown-value';

export interface EndpointConfig {
  /**
   * `huaweicloud`, `opentelekomcloud`, or a domain suffix such as "myhuaweicloud.eu". @default
   * huaweicloud
   */
  readonly cloud?: string | undefined;
  readonly region?: string | undefined;
  /** Base URL given by hand; `cloud` and `region` are then ignored. */
  readonly kmsEndpoint?: string | undefined;
  /** Base URL of IAM given by hand, ending in `/v3`. */
  readonly authUrl?: string | undefined;
}

const swissDomain = 'sc.otc.t-systems.com';

/** Domain of each cloud that has a name. */
const namedClouds: Readonly<Record<string, (region: string) => string>> = {
  // The region in Dublin is under another top-level domain.
  huaweicloud: (region) => (region === 'eu-west-101' ? 'myhuaweicloud.eu' : 'myhuaweicloud.com'),
  opentelekomcloud: telekomDomain,
  // Given as a suffix, the domain of the sister region means the same cloud.
  'otc.t-systems.com': telekomDomain,
};

/** The Swiss Open Telekom Cloud is a domain of its own. */
function telekomDomain(region: string): string {
  return /^eu-ch\d+$/.test(region) ? swissDomain : 'otc.t-systems.com';
}

/** Host of IAM, if it is not "iam.REGION.DOMAIN". */
const iamHosts: Readonly<Record<string, (region: string) => string>> = {
  // One for all regions.
  'myhuaweicloud.eu': () => 'iam.myhuaweicloud.eu',
  [swissDomain]: (region) => `iam-pub.${region}.${swissDomain}`,
};

const dnsLabel = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const regionForm = new RegExp(`^${dnsLabel}$`);
const domainForm = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})+$`);

/**
 * True for the cloud whose tools read `OS_*` variables. Domain suffixes of Open Telekom Cloud
 * count, others do not.
 */
export function isOpenTelekomCloud(cloud: string): boolean {
  return (
    cloud === 'opentelekomcloud' || cloud === 't-systems.com' || cloud.endsWith('.t-systems.com')
  );
}

/**
 * @returns the base URL; `pathname` has no slash at its end, unless it is only a slash
 * @throws ByokError ERR_CONFIGURATION if the parts give no endpoint, or an unsafe one
 */
export function resolveKmsEndpoint(
  { cloud = defaultCloud, region, kmsEndpoint }: EndpointConfig,
  spelling: Spelling = plainSpelling,
): URL {
  if (kmsEndpoint !== undefined) {
    return urlByHand('kmsEndpoint', kmsEndpoint, spelling);
  }
  const name = regionName(region, 'kmsEndpoint', spelling);
  return new URL(`https://kms.${name}.${domainOf(cloud, name, spelling)}`);
}

/**
 * If the KMS is on this machine, this does not follow from cloud and region: a password for an
 * emulator must not go to a real cloud.
 *
 * @returns the base URL, ending in `/v3`; undefined if it does not follow from the parts
 * @throws ByokError ERR_CONFIGURATION if a part is wrong or unsafe
 */
export function resolveAuthUrl(
  { cloud = defaultCloud, region, kmsEndpoint, authUrl }: EndpointConfig,
  spelling: Spelling = plainSpelling,
): URL | undefined {
  if (authUrl !== undefined) {
    const url = urlByHand('authUrl', authUrl, spelling);
    url.pathname = url.pathname.replace(/\/$/, '');
    if (!url.pathname.endsWith('/v3')) {
      throw refusedUrl('authUrl', spelling, `"${shown(url)}" does not end in "/v3"`);
    }
    return url;
  }
  if (
    region === undefined ||
    (kmsEndpoint !== undefined &&
      isLoopback(resolveKmsEndpoint({ kmsEndpoint }, spelling).hostname))
  ) {
    return undefined;
  }
  const name = regionName(region, 'authUrl', spelling);
  const domain = domainOf(cloud, name, spelling);
  const host =
    (Object.hasOwn(iamHosts, domain) ? iamHosts[domain]?.(name) : undefined) ??
    `iam.${name}.${domain}`;
  return new URL(`https://${host}/v3`);
}

function regionName(region: string | undefined, instead: UrlSetting, spelling: Spelling): string {
  if (region === undefined || !regionForm.test(region)) {
    const found = region === undefined ? 'is not set' : `is ${shownOf(region, 'region')}`;
    const attribute = spelling.name('region');
    throw new ByokError(
      'ERR_CONFIGURATION',
      `${attribute} ${found}; give a region of the cloud such as "ap-southeast-3", or "eu-de" of opentelekomcloud, or ${spelling.name(instead)}`,
      { attribute },
    );
  }
  return region;
}

const clouds = ['huaweicloud', 'opentelekomcloud'] as const;

function domainOf(cloud: string, region: string, spelling: Spelling): string {
  const domain = Object.hasOwn(namedClouds, cloud) ? namedClouds[cloud]?.(region) : cloud;
  if (domain === undefined || !domainForm.test(domain)) {
    const attribute = spelling.name('cloud');
    throw new ByokError(
      'ERR_CONFIGURATION',
      `${attribute} is ${shownOf(cloud, 'cloud')}; allowed are ${clouds.join(', ')}, or a domain suffix such as "myhuaweicloud.eu"`,
      { attribute },
    );
  }
  return domain;
}

type UrlSetting = Extract<Setting, 'kmsEndpoint' | 'authUrl'>;

/** What anyone in between could read over plain http. */
const atStake = { kmsEndpoint: 'the material', authUrl: 'the login' } as const satisfies Record<
  UrlSetting,
  string
>;

function urlByHand(setting: UrlSetting, text: string, spelling: Spelling): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw refusedUrl(
      setting,
      spelling,
      `${shownOf(shownText(text), setting)} is ${url === undefined ? 'not a URL' : 'neither https nor http'}`,
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw refusedUrl(
      setting,
      spelling,
      `"${shown(url)}" was given with a user name, a query or a fragment`,
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw refusedUrl(
      setting,
      spelling,
      `"${shown(url)}" is plain http to a host that is not this machine, where anyone in between could read ${atStake[setting]}`,
    );
  }
  return url;
}

function refusedUrl(setting: UrlSetting, spelling: Spelling, found: string): ByokError {
  const attribute = spelling.name(setting);
  const form = setting === 'authUrl' ? 'base URL that ends in /v3' : 'base URL';
  return new ByokError(
    'ERR_CONFIGURATION',
    `${attribute} ${found}; give an https:// ${form} (http:// is for 127.0.0.1, ::1 and localhost only)`,
    { attribute },
  );
}

/** Without user name and password, which do not belong into messages. */
function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`;
}

/**
 * The same for text that is not a URL, or a URL of another kind. Its parts are not certain, so we
 * leave out everything that may be a login.
 */
function shownText(text: string): string {
  return text.replace(/^([a-z][a-z\d+.-]*:(?=\/)\/*)?.*@/is, '$1…@').replace(/[?#].*$/s, '…');
}

/**
 * @param hostname as `URL.hostname` gives it: IPv6 addresses in brackets, IPv4 addresses in dotted
 *   form
 */
export function isLoopback(hostname: string): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  return family === 0
    ? address === 'localhost'
    : loopback.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
