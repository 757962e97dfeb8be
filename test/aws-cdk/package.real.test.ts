/**
 * The built package as apps load it: each part without the framework of the other; and the example.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/checkout';
import { scratchFolder } from '../support/scratch-folder';

/**
 * Loads a file where these packages are not installed, as far as Node can tell. @returns what it
 * exports
 */
function exportsWithout(missing: readonly string[], file: string): string[] {
  const source = `
    const Module = require('node:module');
    const resolve = Module._resolveFilename;
    Module._resolveFilename = function (request, ...rest) {
      if (${JSON.stringify(missing)}.some((name) => request === name || request.startsWith(name + '/'))) {
        throw Object.assign(new Error("Cannot find module '" + request + "'"), { code: 'MODULE_NOT_FOUND' });
      }
      return resolve.call(this, request, ...rest);
    };
    process.stdout.write(JSON.stringify(Object.keys(require(process.argv[1]))));`;
  return JSON.parse(
    execFileSync(process.execPath, ['-e', source, join(root, 'dist', file)], {
      encoding: 'utf8',
      stdio: 'pipe',
    }),
  );
}

test('the root loads where aws-cdk-lib is not installed', () => {
  expect(exportsWithout(['aws-cdk-lib', '@aws-sdk'], 'index.js')).toContain('ImportedKey');
  expect(() => exportsWithout(['cdktf'], 'index.js')).toThrow("Cannot find module 'cdktf'");
});

test('the AWS construct loads where cdktf is not installed, and without the SDK of its handler', () => {
  const missing = ['cdktf', '@cdktf', 'cdktn', '@aws-sdk', 'node-forge', 'fastify', 'commander'];
  expect(exportsWithout(missing, 'aws-cdk/index.js')).toEqual(
    expect.arrayContaining(['ImportedKey', 'KeyMaterialSource', 'KmsCredentials']),
  );
  expect(() => exportsWithout(['aws-cdk-lib'], 'aws-cdk/index.js')).toThrow(
    "Cannot find module 'aws-cdk-lib/",
  );
});

test('the handler needs nothing but Node and the SDK that the Lambda runtime carries', () => {
  const bundle = readFileSync(join(root, 'dist', 'bundle', 'aws-cdk-handler', 'index.js'), 'utf8');
  const required = [...bundle.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name);
  expect([...new Set(required)].filter((name) => !name.startsWith('node:')).sort()).toEqual([
    '@aws-sdk/client-secrets-manager',
    '@aws-sdk/client-ssm',
    // By node-forge.
    'crypto',
  ]);
});

test('the example synthesizes a template without secrets, and the built handler beside it', () => {
  const outdir = scratchFolder();
  const tsx = join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const { PATH, HOME } = process.env;
  execFileSync(process.execPath, [tsx, 'examples/aws-cdk/main.ts'], {
    cwd: root,
    env: { PATH, HOME, CDK_OUTDIR: outdir },
    stdio: 'pipe',
  });
  const { Resources, Outputs } = JSON.parse(
    readFileSync(join(outdir, 'orders.template.json'), 'utf8'),
  );
  const resources: { Type: string; Properties: Record<string, unknown> }[] =
    Object.values(Resources);
  expect(resources.filter(({ Type }) => Type === 'AWS::Lambda::Function')).toHaveLength(1);
  expect(resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')).toHaveLength(3);
  expect(
    resources.find(({ Type }) => Type === 'Custom::ByokImportedKey')?.Properties,
  ).toMatchObject({
    alias: 'orders',
    validFor: '90d',
    renewBefore: '14d',
    cloud: 'opentelekomcloud',
    region: 'eu-de',
  });
  expect(Object.keys(Outputs)).toContain('KeyId');
  const assets = readdirSync(outdir).map((name) => join(outdir, name, 'index.js'));
  const handlers = assets.filter((path) => existsSync(path)).map((path) => readFileSync(path));
  expect(handlers).toEqual([
    readFileSync(join(root, 'dist', 'bundle', 'aws-cdk-handler', 'index.js')),
  ]);
});
