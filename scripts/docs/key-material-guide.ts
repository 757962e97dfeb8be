/**
 * What the page of `byok_key_material` says beyond single attributes: sources, private keys, and
 * the traps of Terraform around them.
 */
import { hcl } from './markdown';

/** @param example a file of `examples/resources/byok_key_material`, without ".tf" */
export function keyMaterialGuide(example: (name: string) => string): readonly string[] {
  const source = (title: string, text: string, name: string) => [
    `### ${title}`,
    text,
    hcl(example(name)),
  ];
  return [
    '## Sources',
    'All of these import the same: 32 bytes for `AES_256`, or a private key. They differ in who can see the material, and in what a plan can show. With a file, a variable or a write-only value the plan shows the fingerprint of what apply will import; with a command or an HSM it is known after apply, unless `fingerprint` pins it.',
    ...source(
      'A file',
      'Read by the provider, at plan and at apply; a relative path starts in the folder in which Terraform runs.',
      'from-file',
    ),
    ...source(
      'An environment variable',
      'Of the process that runs Terraform. It needs no `TF_VAR_` in front.',
      'from-environment',
    ),
    ...source(
      'A write-only value',
      'From an ephemeral variable or an ephemeral resource of another provider. An ordinary variable would do as well, and its value would stand in every saved plan: it must be `ephemeral`.',
      'from-variable',
    ),
    ...source(
      'A command',
      "A program that writes the material to standard output. It is run in apply only, and only if an import is due: a plan for someone else's pull request executes nothing. See [what it sees of the environment](#the-environment-of-commands).",
      'from-command',
    ),
    ...source(
      'An HSM',
      'A program that wraps the material inside the HSM, so that neither Terraform nor this provider sees it. [Its protocol, and a program for PKCS#11](../hsm.md).',
      'from-hsm',
    ),
    ...source(
      'Wrapped elsewhere',
      'The fields of the import call itself, with the token that they were wrapped for. The ephemeral resource [`byok_import_parameters`](../ephemeral-resources/import_parameters.md) gives token and public key to a program; [`byok ceremony`](../ceremony.md) takes them to an offline machine and needs no Terraform. A token lives for 24 hours; after the import it is not looked at again until `material_wo_version` changes. When the material is deleted later, or expires, a new pair and a higher `material_wo_version` bring it back. A change of `expiration_time` is refused, since it means wrapping again.',
      'wrapped-elsewhere',
    ),
    '## Private keys',
    'Keys of `RSA_2048`, `RSA_3072`, `RSA_4096`, `EC_P256` and `EC_P384` take a private key as PEM, DER or PKCS#12, encrypted or not. Other specs of these clouds are refused by name at plan: `SM2`, whose keys are wrapped by SM4, as well as `SM4` and `HMAC_256`. So are private keys of other kinds, such as Ed25519, RSA-PSS, RSA with more than two primes, or EC on other curves.',
    'PEM opens whichever kind of private key its label names, and as variables, JSON and editors carry it: with `\\n` as two characters or spaces for line feeds, line ends of Windows, indentation, quotes or text around it, and certificates beside it. PKCS#12 opens under any password, also an empty one or none, and by every cipher that OpenSSL has outside of its legacy provider, and RC2. PEM, DER and PKCS#12 may come in Base64, so that a variable can carry them, and on several lines; `base64` and `hex` take all three. Whatever else the source holds, such as a key of OpenSSH, PGP, PuTTY or Java, a JWK, a certificate or a public key, is refused by its name with the command that converts it, at plan and by `byok fingerprint`.',
    'A private key is checked against itself, at plan and before anything is sent: the public half is derived from the private one, the numbers of an RSA key must belong together, and what it signs must verify. One that contradicts itself is always refused.',
    hcl(example('private-key')),
    'The import of a private key is permanent. The KMS neither expires nor deletes it: `expiration_time` must be omitted or `never`, and `on_destroy = "delete_material"` leaves it where it is, with a warning. It goes with the key only. In return it can be proven: the provider compares the public key that the KMS shows with that of the material, after the import and on adoption, so `fingerprint_verified` is `true` although nobody saw the import.',
    '## When the material changes between plan and apply',
    'Terraform plans a second time at the start of apply. If a file or variable holds other material by then, or is gone, it stops before anything of this resource is done, in its own words:',
    '```text\nError: Provider produced inconsistent final plan\n…\nproduced an invalid new value for .fingerprint: was cty.StringVal("sha256:73df…"), but now cty.StringVal("sha256:c84b…").\n\nThis is a bug in the provider, which should be reported in the provider\'s own issue tracker.\n```',
    'When the file or variable vanished, it reads `was known, but now unknown`. The refusal is right: what was reviewed is not what would be imported. Its last sentence is not: this is no bug of the provider. Put the reviewed material back, or plan again.',
    '## Replacing without losing the material',
    'A changed `key_id` replaces this resource: the material goes into another key, and `on_destroy` decides what becomes of it in the old one. Where the same key comes next, nothing is deleted, whatever `on_destroy` says, with a warning: on `terraform apply -replace`, `taint` and `create_before_destroy`, and for a `key_id` that is only known after apply. The material is adopted, and its proof goes along unless the new object is created before the old one is destroyed, or the run is interrupted between the two; then a later change of its expiry is refused unless `allow_unverified_renewal = true`. A forced replacement together with another expiry is refused at plan: change the expiry in an apply of its own.',
    'Under another address, use a `moved` block. Without one, what one address of a plan would delete and another one has stays in the key, with a warning. Terraform orders nothing between the two: should it plan the deletion first, `terraform apply` takes it back; in a saved plan the other one is an import of the same material in the same run, with that reason, and is refused when that is not at hand or not proven, and a new resource is refused, and names `moved`. Under `retain` the new one adopts the material. All of this holds for two provider blocks of one KMS, too, but not for what `-target` leaves out. Material that a replacement left behind in another key (`create_before_destroy` in a saved plan) stays there, with a warning. There is no need for any of these: an import that is due is planned by itself, in place, and other material for the same key is refused in any case.',
    '## The environment of commands',
    `\`material_command\` and \`wrap_command\` see these variables and no others, so that the login of a cloud, a CI system or Terraform does not reach them: ${passedOn.map((name) => `\`${name}\``).join(', ')}, and every variable named \`BYOK_…\`. They have no terminal, standard error is thrown away, and the list of arguments is in the state: secrets belong into \`BYOK_…\` variables.`,
  ];
}

/**
 * As lib/material/command.ts passes them on; a test compares the page with what a command really
 * sees.
 */
const passedOn = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_*',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/** After the commands of `terraform import`. */
export const keyMaterialAdoption: readonly string[] = [
  'This adopts the material of a living key: it plans no replacement and no import, and nothing is sent to the KMS. Without `expiration_time` in the configuration the expiry stays as it is. A private key is verified at once. Symmetric material cannot be: `fingerprint` is taken from the configuration if it is pinned there, `fingerprint_verified` is `false`, and a change of expiry, which would delete the material first, is refused unless `allow_unverified_renewal` is `true`.',
  'A new resource on a key whose id is known is looked at when it is planned: the plan says whether its material is imported or, if the key holds some of the declared expiry, adopted in the same way, and apply does just that. Material of another expiry is refused with the command to import it, as is a key that is unknown, of another origin or spec, or scheduled for deletion.',
];
