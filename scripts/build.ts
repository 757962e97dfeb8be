// Builds dist/: the library (tsc), the provider and the command (esbuild), and the description of
// the provider package that constructs and `byok provider install` check before they write it
// anywhere.
import { execFileSync } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const root = join(__dirname, '..');
// Built beside, then put in place: a failed build leaves the last good one.
const dist = join(root, '.tmp', `dist-${process.pid}`);
const { version, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  engines: { node: string };
};

/** For example "20.9". */
const oldestNode = engines.node.replace(/^>=/, '');

/** Variables of Node that do not reach the provider. */
const unsetting = [
  // Parsed at every start (75 ms on Node 20); the provider reads it when it needs it.
  'NODE_EXTRA_CA_CERTS',
  // Loads foreign code into it, or opens a debugger.
  'NODE_OPTIONS',
  // Prints requests with their tokens.
  'NODE_DEBUG',
  'NODE_DEBUG_NATIVE',
  // Write files.
  'NODE_V8_COVERAGE',
  'NODE_REDIRECT_WARNINGS',
  // Make a process believe that it is a worker of another one, through which it then listens.
  'NODE_UNIQUE_ID',
  'NODE_CHANNEL_FD',
];

// One file that is a shell script and JavaScript at once: the shell part says what is missing when
// there is no Node, and clears what a developer's shell would do to the process that holds the
// material. And it tells who its parent is, while a killed one cannot have been replaced yet.
const launcher = [
  '#!/bin/sh',
  `":" //; command -v node >/dev/null 2>&1 || { echo "terraform-provider-byok needs Node.js ${oldestNode} or newer on PATH"; exit 1; }`,
  `":" //; BYOK_EXTRA_CA_CERTS="$NODE_EXTRA_CA_CERTS"; export BYOK_EXTRA_CA_CERTS; unset ${unsetting.join(' ')}`,
  '":" //; TFPLUGIN_PARENT_PID="$PPID"; export TFPLUGIN_PARENT_PID; exec node "$0" "$@"',
  // Terraform shows a first line that is no handshake.
  startOnlyWithNewNode('console.log', 'terraform-provider-byok', './provider.js'),
].join('\n');

const commandStart = [
  '#!/usr/bin/env node',
  startOnlyWithNewNode('console.error', 'byok:', './byok-main.js'),
].join('\n');

/**
 * Of words that every Node knows: an old one cannot even parse the rest, which so lies in a file of
 * its own.
 */
function startOnlyWithNewNode(print: string, name: string, file: string): string {
  const [major, minor] = oldestNode.split('.');
  return [
    "var found = process.versions.node.split('.').map(Number);",
    `if (found[0] < ${major} || (found[0] === ${major} && found[1] < ${minor})) {`,
    `  ${print}('${name} needs Node.js ${oldestNode} or newer; ' + process.execPath + ', the first node on PATH, is ' + process.versions.node);`,
    '  process.exit(1);',
    '}',
    `require('${file}');`,
    '',
  ].join('\n');
}

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  absWorkingDir: root,
  // Paths in comments start at the package's folder, also when node_modules is a link: every folder
  // builds the same bytes.
  preserveSymlinks: true,
  legalComments: 'none',
  metafile: true,
  write: false,
} as const satisfies BuildOptions;

/** Packages whose code ended up in a bundle. */
const bundledPackages = new Set<string>();

async function bundle(options: BuildOptions): Promise<Uint8Array> {
  const { outputFiles, metafile } = await build({ ...options, ...shared });
  for (const input of Object.keys(metafile.inputs)) {
    const [, name] = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
    if (name !== undefined) {
      bundledPackages.add(name);
    }
  }
  const [file] = outputFiles;
  if (file === undefined) {
    throw new Error(`esbuild made nothing of ${JSON.stringify(options.entryPoints)}`);
  }
  return file.contents;
}

/** Bundled code travels with its licences. */
function writeLicences(): void {
  const texts = [...bundledPackages].sort().map((name) => {
    const folder = join(root, 'node_modules', name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const description = readFileSync(join(folder, 'package.json'), 'utf8');
    const { license } = JSON.parse(description) as { license: string };
    return `${name} (${license})\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  writeFileSync(
    join(dist, 'bundle', 'THIRD-PARTY-LICENSES.txt'),
    texts.join(`\n${'-'.repeat(80)}\n\n`),
  );
}

/** Keeps a module out of a bundle: it lies beside, and is loaded only where it is needed. */
function apart(filter: RegExp, path: string): Plugin {
  return {
    name: 'apart',
    setup({ onResolve }) {
      onResolve({ filter }, () => ({ path, external: true }));
    },
  };
}

async function buildProvider(): Promise<void> {
  const executable = `terraform-provider-byok_v${version}`;
  const [code, pkcs12] = await Promise.all([
    bundle({
      entryPoints: ['lib/provider/main.ts'],
      minify: true,
      define: { PROVIDER_VERSION: JSON.stringify(version) },
      // node-forge is larger than all the rest, and needed for PKCS#12 files only.
      plugins: [apart(/\/pkcs12$/, './pkcs12.js')],
    }),
    bundle({ entryPoints: ['lib/material/pkcs12.ts'], minify: true }),
  ]);
  // Without the package.json, a project of "type": "module" above the file would make Node read it
  // as an ES module.
  const contents: Readonly<Record<string, Uint8Array>> = {
    [executable]: Buffer.from(launcher),
    'package.json': Buffer.from('{"type":"commonjs"}\n'),
    'pkcs12.js': pkcs12,
    'provider.js': code,
  };
  const files = Object.fromEntries(
    Object.entries(contents)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, content]) => [name, sha256(content).digest('hex')]),
  );
  for (const [name, content] of Object.entries(contents)) {
    const path = join(dist, 'bundle', 'provider', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode: name === executable ? 0o755 : 0o644 });
  }
  // Terraform's package hash "h1:": see lib/mirror/provider-bundle.ts, which checks it.
  const lines = Object.entries(files).map(([name, digest]) => `${digest}  ${name}\n`);
  const description = {
    version,
    executable,
    files,
    h1: `h1:${sha256(lines.join('')).digest('base64')}`,
  };
  writeFileSync(
    join(dist, 'bundle', 'provider.json'),
    `${JSON.stringify(description, undefined, 2)}\n`,
  );
}

async function buildCommand(): Promise<void> {
  const [code, outputs] = await Promise.all([
    bundle({
      entryPoints: ['lib/cli/main.ts'],
      external: ['fastify', 'node-forge'],
      // Names stay, for stack traces.
      minifyWhitespace: true,
      // The libraries of the formats would double what every command loads.
      plugins: [apart(/\/watch\/outputs$/, './report-outputs.js')],
    }),
    bundle({ entryPoints: ['lib/report/watch/outputs.ts'], minify: true }),
  ]);
  mkdirSync(join(dist, 'bundle'), { recursive: true });
  writeFileSync(join(dist, 'bundle', 'byok-main.js'), code);
  writeFileSync(join(dist, 'bundle', 'report-outputs.js'), outputs);
  const schema = 'check-result.schema.json';
  copyFileSync(join(root, 'lib', 'report', 'watch', schema), join(dist, 'bundle', schema));
  writeFileSync(join(dist, 'bundle', 'byok.js'), commandStart, { mode: 0o755 });
}

/** For `sha256sum --check`, run in dist/bundle. */
function writeChecksums(): void {
  const folder = join(dist, 'bundle');
  const lines = readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort()
    .map((path) => `${sha256(readFileSync(join(folder, path))).digest('hex')}  ${path}\n`);
  writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''));
}

/** The Lambda function of the AWS construct; its runtime carries the SDK of AWS. */
async function buildAwsCdkHandler(): Promise<void> {
  const code = await bundle({
    entryPoints: ['lib/aws-cdk/handler/main.ts'],
    external: ['@aws-sdk/*'],
  });
  mkdirSync(join(dist, 'bundle', 'aws-cdk-handler'), { recursive: true });
  writeFileSync(join(dist, 'bundle', 'aws-cdk-handler', 'index.js'), code);
}

function sha256(content: string | Uint8Array): Hash {
  return createHash('sha256').update(content);
}

async function main(): Promise<void> {
  try {
    await Promise.all([buildProvider(), buildCommand(), buildAwsCdkHandler()]);
    writeLicences();
    writeChecksums();
    const tsc = require.resolve('typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', dist], {
      cwd: root,
      stdio: 'inherit',
    });
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    renameSync(dist, join(root, 'dist'));
  } finally {
    rmSync(dist, { recursive: true, force: true });
  }
}

void main();
