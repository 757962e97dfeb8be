/**
 * Before each test file of the real ring: TERRAFORM_BINARY names the host that they run on, an older
 * Terraform, a newer one or OpenTofu. @default the `terraform` on PATH
 */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const { TERRAFORM_BINARY: named, PATH = '' } = process.env;

if (named !== undefined && named !== '') {
  const folder = mkdtempSync(join(tmpdir(), 'byok-host-'));
  symlinkSync(resolve(named), join(folder, 'terraform'));
  process.env.PATH = `${folder}${delimiter}${PATH}`;
  afterAll(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true });
  });
}
