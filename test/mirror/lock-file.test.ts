import { lockFileWith } from '../../lib/mirror/lock-file';

const entry = { version: '0.2.0', h1: 'h1:bmV3' };

const header =
  '# This file is maintained automatically by "terraform init".\n# Manual edits may be lost in future updates.\n';

const ours = `provider "terraform.local/cdktf-byok/byok" {
  version     = "0.2.0"
  constraints = "0.2.0"
  hashes = [
    "h1:bmV3",
  ]
}`;

const stale = ours
  .replace('version     = "0.2.0"', 'version     = "0.1.0"')
  .replace('bmV3', 'b2xk');
const rebuilt = ours.replace('bmV3', 'b2xk');

const random = `provider "registry.terraform.io/hashicorp/random" {
  version     = "3.6.0"
  constraints = "~> 3.6"
  hashes = [
    "h1:cmFuZG9t",
    "zh:03360ed3ecd31e8c5dac9c95fe0858be50f3e9a0d0c654b5e504109c2159287d",
  ]
}`;

const aws = random.replace('hashicorp/random', 'hashicorp/aws');

test.each([
  ['makes a file as Terraform does when there is none', undefined, `${header}\n${ours}\n`],
  ['makes a file when there is an empty one', '\n', `${header}\n${ours}\n`],
  [
    'adds our entry behind those of others',
    `${header}\n${random}\n`,
    `${header}\n${random}\n\n${ours}\n`,
  ],
  [
    'replaces our entry of another version in its place',
    `${header}\n${aws}\n\n${stale}\n\n${random}\n`,
    `${header}\n${aws}\n\n${ours}\n\n${random}\n`,
  ],
  [
    'replaces our entry of the same version and other content',
    `${header}\n${rebuilt}\n\n${random}\n`,
    `${header}\n${ours}\n\n${random}\n`,
  ],
  [
    'replaces an entry without hashes',
    `provider "terraform.local/cdktf-byok/byok" {\n  version = "0.2.0"\n}\n`,
    `${ours}\n`,
  ],
  [
    'leaves an entry that locks the same content',
    `${random}\n${ours.replace('constraints = "0.2.0"', 'constraints = "0.2.0, >= 0.1.0"')}`,
    undefined,
  ],
  [
    'drops every hash but ours',
    `${ours.replace('    "h1:bmV3",', '    "h1:bmV3",\n    "h1:ZXZpbA==",\n    "zh:00",')}\n\n${random}\n`,
    `${ours}\n\n${random}\n`,
  ],
  [
    'does not take a hash in a comment for ours',
    `${stale.replace('hashes', '# "h1:bmV3"\n  hashes')}\n`,
    `${ours}\n`,
  ],
  [
    'does not take a version in a comment for ours',
    `${stale.replace('hashes', '/* version = "0.2.0" "h1:bmV3" */ hashes')}\n`,
    `${ours}\n`,
  ],
  [
    'does not take our hash under another name for ours',
    `${stale.replace('hashes', 'notes = ["h1:bmV3"]\n  hashes')}\n`,
    `${ours}\n`,
  ],
  [
    'drops a comment behind our hash',
    `${ours.replace('"h1:bmV3",', '"h1:bmV3", # "h1:ZXZpbA=="')}\n`,
    `${ours}\n`,
  ],
  [
    'drops a second list of hashes',
    `${ours.replace('\n}', '\n  hashes = ["h1:ZXZpbA=="]\n}')}\n`,
    `${ours}\n`,
  ],
  ['drops a template as a hash', ours.replace('"h1:bmV3"', '"${"h1:bmV3"}", "h1:bmV3"'), ours],
  [
    'drops a second entry of ours',
    `${ours}\n\n${random}\n\n${stale}\n`,
    `${ours}\n\n${random}\n\n\n`,
  ],
  [
    'finds our entry behind a comment within its head',
    `provider /* } */ ${stale.slice('provider '.length)}\n\n${random}\n`,
    `${ours}\n\n${random}\n`,
  ],
  [
    'finds our entry by a label with escapes',
    `${stale.replace('/byok"', '/b\\u0079ok"')}\n`,
    `${ours}\n`,
  ],
  [
    'finds our entry by a label in capitals',
    `${stale.replace('terraform.local', 'Terraform.Local')}\n`,
    `${ours}\n`,
  ],
  [
    'finds the end of an entry with a brace in a template',
    `${stale.replace('h1:b2xk', '${"}"}')}\n\n${random}\n`,
    `${ours}\n\n${random}\n`,
  ],
  [
    'does not take an entry in a heredoc for one',
    `${random.replace('"h1:cmFuZG9t"', `<<EOT\n${stale}\nEOT\n`)}\n`,
    `${random.replace('"h1:cmFuZG9t"', `<<EOT\n${stale}\nEOT\n`)}\n\n${ours}\n`,
  ],
  ['leaves an entry with line ends of Windows', ours.replaceAll('\n', '\r\n'), undefined],
  [
    'finds the end of an entry with a brace in a comment',
    `${stale.replace('hashes', '# }\n  hashes')}\n\n${random}\n`,
    `${ours}\n\n${random}\n`,
  ],
  [
    'finds the end of an entry with a block in it',
    `${stale.replace('hashes', 'later {\n  }\n  hashes')}\n\n${random}\n`,
    `${ours}\n\n${random}\n`,
  ],
  [
    'finds the end of an entry with a brace in a string',
    `${stale.replace('h1:b2xk', '}')}\n\n${random}\n`,
    `${ours}\n\n${random}\n`,
  ],
  [
    'does not take a commented entry for one',
    `# provider "terraform.local/cdktf-byok/byok" {\n# }\n`,
    `# provider "terraform.local/cdktf-byok/byok" {\n# }\n\n${ours}\n`,
  ],
  [
    'does not take a namesake on another host for ours',
    stale.replace('terraform.local', 'terraform-local'),
    `${stale.replace('terraform.local', 'terraform-local')}\n\n${ours}\n`,
  ],
])('%s', (_, existing, expected) => {
  expect(lockFileWith(existing, entry)).toBe(expected ?? existing);
});

test('finds nothing to do the second time', () => {
  const once = lockFileWith(`${header}\n${aws}\n\n${stale}\n`, entry);
  expect(lockFileWith(once, entry)).toBe(once);
});
