/**
 * A process that imports once by the lifecycle, as the provider does, and then holds still so that
 * its memory can be looked at. For tests only. argv: key id, attribute of the source, its value,
 * encoding, folder for the heap snapshot.
 */

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import { connectKms } from '../../lib/kms/connect';
import { createMaterial } from '../../lib/lifecycle/create-material';
import { fixed } from '../../lib/lifecycle/expiration-wish';
import { type MaterialSource, openMaterial } from '../../lib/material/source';
import { wording } from '../../lib/provider/wording';
import type { MaterialEncoding } from '../../lib/terms/material';

const [, , keyId = '', attribute, value = '', encoding, folder = '.'] = process.argv;
const source: MaterialSource =
  attribute === 'material_env'
    ? { setting: 'materialEnv', name: value }
    : { setting: 'materialFile', path: value };

async function main(): Promise<void> {
  const now = () => new Date();
  const kms = connectKms({ kmsEndpoint: process.env.ENDPOINT }, process.env, { now });
  const { signal } = new AbortController();
  const context = {
    kms,
    now,
    sleep: (ms: number) => delay(ms),
    signal,
    words: wording,
    deadline: new Date(Date.now() + 600_000),
    log: () => undefined,
  };
  const outcome = await createMaterial(context, {
    keyId,
    wish: {
      expiration: fixed(undefined),
      warnBeforeMs: 0,
      pin: undefined,
      allowInterruption: true,
      allowUnverifiedRenewal: false,
      allowWeakMaterial: false,
    },
    reviewed: undefined,
    proof: undefined,
    sourceAttribute: attribute,
    source: {
      wrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      open: async () => {
        const options = {
          encoding: encoding as MaterialEncoding,
          password: undefined,
          env: process.env,
          signal,
        };
        const found = await openMaterial(source, { ...options, mayRunCommands: true });
        if ('missing' in found) {
          throw new Error(found.missing);
        }
        return found.material;
      },
    },
  });
  kms.close();
  process.stdout.write(`imported ${outcome.importedAt !== undefined}\n`);
  process.stdin.once('data', () => {
    // Collects garbage first.
    writeHeapSnapshot(join(folder, 'child.heapsnapshot'));
    process.stdout.write('snapshot written\n');
  });
  process.stdin.once('end', () => process.exit(0));
}

void main();
