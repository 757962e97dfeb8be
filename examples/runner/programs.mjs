// Which programs the examples run on this machine.
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

export const byok = join(root, 'dist', 'bundle', 'byok.js');

const [major, minor] = process.versions.node.split('.').map(Number);

/**
 * cdktf-cli runs on Node.js 20 and 22, cdktn-cli on 22.19 and newer. They take the same apps and
 * the same commands.
 */
const command = major > 22 || (major === 22 && minor >= 19) ? 'cdktn' : 'cdktf';

export const cdktf = join(root, 'node_modules', '.bin', command);

/** As people type it. */
export const cdktfName = basename(cdktf);

/** The variable is that of cdktf: "tofu" where OpenTofu is installed. */
export const terraform = process.env.TERRAFORM_BINARY_NAME || 'terraform';
