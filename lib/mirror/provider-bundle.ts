/**
 * Finds and checks the built provider inside this package.
 * Constructs and the command line install it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ByokError } from '../errors';
import { providerName } from '../schema/provider';

export interface BundleFile {
  readonly name: string;
  readonly content: Buffer;
  /** SHA-256 in hex. */
  readonly digest: string;
}

/** A provider with every byte checked against the digests in `provider.json`. */
export interface ProviderBundle {
  /** A plain release, for example "0.1.0". */
  readonly version: string;
  /** Terraform's hash of the package, in the form of `.terraform.lock.hcl`. */
  readonly h1: string;
  readonly files: readonly BundleFile[];
}

const packageName = 'cdktf-byok';

/** Version of this package, and so of the provider built from it. */
export function packageVersion(): string {
  found.version ??= readPackage(packageRoot()).version;
  return found.version;
}

/** `dist/bundle` of this package; works from `lib/` and from `dist/`. */
export function bundleFolder(): string {
  return join(packageRoot(), 'dist', 'bundle');
}

/**
 * @param folder holds `provider.json` and `provider/`
 * @throws ByokError ERR_CONFIGURATION when the provider is not built,
 * or differs from the one that was built
 */
export function readProviderBundle(folder: string = bundleFolder()): ProviderBundle {
  const { version, executable, files, h1 } = readDescription(join(folder, 'provider.json'));
  const read = Object.entries(files).map(([name, digest]) =>
    readFile(join(folder, 'provider', name), name, digest),
  );
  if (!(executable in files) || executable !== executableName(version)) {
    throw damaged(folder, `its executable must be "${executableName(version)}"`);
  }
  const computed = packageHash(read);
  if (computed !== h1) {
    throw damaged(folder, `its package hash is ${computed}, not ${h1}`);
  }
  return { version, h1, files: read };
}

/**
 * Terraform's package hash `h1:`, the "Hash1" of Go's dirhash.
 * It is the SHA-256, in base64, of one line `<digest>  <name>` for each file, sorted by name.
 */
export function packageHash(files: readonly Pick<BundleFile, 'name' | 'digest'>[]): string {
  const lines = files
    .map(({ name, digest }) => ({ name, line: `${digest}  ${name}\n` }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ line }) => line);
  return `h1:${createHash('sha256').update(lines.join('')).digest('base64')}`;
}

export function executableName(version: string): string {
  return `terraform-provider-${providerName}_v${version}`;
}

function readFile(path: string, name: string, digest: string): BundleFile {
  const content = readBuilt(path);
  if (sha256(content) !== digest) {
    throw damaged(path, `its SHA-256 is not ${digest}`);
  }
  return { name, content, digest };
}

interface BundleDescription {
  readonly version: string;
  readonly executable: string;
  readonly files: Readonly<Record<string, string>>;
  readonly h1: string;
}

function readDescription(path: string): BundleDescription {
  const description = JSON.parse(readBuilt(path).toString('utf8')) as Partial<BundleDescription>;
  const { version, executable, files, h1 } = description;
  // Version and names become paths, so nothing in them may leave the mirror.
  if (
    version === undefined ||
    !/^\d+\.\d+\.\d+$/.test(version) ||
    executable === undefined ||
    h1 === undefined ||
    files === undefined
  ) {
    throw damaged(path, 'it needs version, executable, files and h1');
  }
  if (!Object.keys(files).every((name) => /^\w[\w.-]*$/.test(name))) {
    throw damaged(path, 'its files must be plain names');
  }
  return { version, executable, files, h1 };
}

function readBuilt(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `the built provider is missing: cannot read ${path}; run "npm run build" in cdktf-byok`,
      {
        cause,
      },
    );
  }
}

function damaged(path: string, why: string): ByokError {
  return new ByokError(
    'ERR_CONFIGURATION',
    `the built provider is damaged: ${path}: ${why}; install cdktf-byok again, or run "npm run build" in it`,
  );
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Every resource of a stack asks for the version, and it cannot change while this process runs. */
const found: { root?: string; version?: string } = {};

function packageRoot(): string {
  found.root ??= findPackageRoot(__dirname);
  return found.root;
}

function findPackageRoot(folder: string): string {
  if (readPackage(folder).name === packageName) {
    return folder;
  }
  if (dirname(folder) === folder) {
    throw new ByokError(
      'ERR_CONFIGURATION',
      `the files of ${packageName} are not in the folder of its code (${__dirname}); if this ` +
        `app is bundled into one file, mark ${packageName} as external, so that it stays in ` +
        'node_modules, and bundle again',
    );
  }
  return findPackageRoot(dirname(folder));
}

function readPackage(folder: string): { name: string; version: string } {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    return { name: '', version: '' };
  }
}
