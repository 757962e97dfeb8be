// Builds dist/: the library (tsc), the provider and the command (esbuild), and the description of the provider package that
// constructs and `byok provider install` check before they write it anywhere.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// One file that is a shell script and JavaScript at once: the shell part says what is missing when there is no Node, and keeps
// NODE_EXTRA_CA_CERTS from being parsed at every start (75 ms on Node 20); the provider reads it when it needs it.
const launcher = [
  '#!/bin/sh',
  '":" //; command -v node >/dev/null 2>&1 || { echo "terraform-provider-byok needs Node.js 20 or newer on PATH"; exit 1; }',
  '":" //; BYOK_EXTRA_CA_CERTS="$NODE_EXTRA_CA_CERTS"; export BYOK_EXTRA_CA_CERTS; unset NODE_EXTRA_CA_CERTS; exec node "$0" "$@"',
].join('\n');

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  absWorkingDir: root,
  legalComments: 'none',
  metafile: true,
  write: false,
};

/** Packages whose code ended up in a bundle. */
const bundledPackages = new Set();

async function bundle(options) {
  const { outputFiles, metafile } = await build({ ...shared, ...options });
  for (const input of Object.keys(metafile.inputs)) {
    const [, name] = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
    bundledPackages.add(name);
  }
  return outputFiles[0].contents;
}

/** Bundled code travels with its licences. */
function writeLicences() {
  bundledPackages.delete(undefined);
  const texts = [...bundledPackages].sort().map((name) => {
    const folder = join(root, 'node_modules', name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const { license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} (${license})\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  writeFileSync(join(dist, 'bundle', 'THIRD-PARTY-LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

function writeExecutable(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, 0o755);
}

async function buildProvider() {
  const executable = `terraform-provider-byok_v${version}`;
  const code = await bundle({
    entryPoints: ['lib/provider/main.ts'],
    minify: true,
    define: { PROVIDER_VERSION: JSON.stringify(version) },
    banner: { js: launcher },
  });
  // Without the package.json, a project of "type": "module" above the file would make Node read it as an ES module.
  const contents = { [executable]: code, 'package.json': Buffer.from('{"type":"commonjs"}\n') };
  const files = Object.fromEntries(
    Object.keys(contents)
      .sort()
      .map((name) => [name, sha256(contents[name]).digest('hex')]),
  );
  for (const [name, content] of Object.entries(contents)) {
    const path = join(dist, 'bundle', 'provider', name);
    name === executable ? writeExecutable(path, content) : writeFileSync(path, content);
  }
  // Terraform's package hash "h1:": see lib/cdktf/provider-bundle.ts, which checks it.
  const lines = Object.entries(files).map(([name, digest]) => `${digest}  ${name}\n`);
  const description = { version, executable, files, h1: `h1:${sha256(lines.join('')).digest('base64')}` };
  writeFileSync(join(dist, 'bundle', 'provider.json'), `${JSON.stringify(description, undefined, 2)}\n`);
}

async function buildCommand() {
  const code = await bundle({
    entryPoints: ['lib/cli/main.ts'],
    banner: { js: '#!/usr/bin/env node' },
    external: ['fastify', 'node-forge'],
  });
  writeExecutable(join(dist, 'bundle', 'byok.js'), code);
}

function sha256(content) {
  return createHash('sha256').update(content);
}

rmSync(dist, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
await Promise.all([buildProvider(), buildCommand()]);
writeLicences();
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
