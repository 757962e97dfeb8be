/**
 * A bundle with a provider that does nothing, laid out as the build lays out `dist/bundle`; its
 * hashes are made by openssl.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const packageVersion: string = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8'),
).version;

export interface FakeBundle {
  readonly folder: string;
  readonly version: string;
  readonly executable: string;
  readonly h1: string;
}

export function fakeBundle(
  folder: string,
  options: { readonly version?: string; readonly content?: string } = {},
): FakeBundle {
  const version = options.version ?? packageVersion;
  const executable = `terraform-provider-byok_v${version}`;
  const contents: Record<string, string> = {
    [executable]: options.content ?? '#!/bin/sh\nexit 1\n',
    'package.json': '{"type":"commonjs"}\n',
  };
  mkdirSync(join(folder, 'provider'), { recursive: true });
  for (const [name, content] of Object.entries(contents)) {
    writeFileSync(join(folder, 'provider', name), content);
  }
  const files = Object.fromEntries(
    Object.entries(contents).map(([name, content]) => [name, sha256(content).toString('hex')]),
  );
  // In the order of Terraform, by bytes: "p" before "t".
  const lines = ['package.json', executable].map((name) => `${files[name]}  ${name}\n`).join('');
  const h1 = `h1:${sha256(lines).toString('base64')}`;
  writeFileSync(join(folder, 'provider.json'), JSON.stringify({ version, executable, files, h1 }));
  return { folder, version, executable, h1 };
}

const digests = new Map<string, Buffer>();

function sha256(text: string): Buffer {
  const known =
    digests.get(text) ?? execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: text });
  digests.set(text, known);
  return known;
}
