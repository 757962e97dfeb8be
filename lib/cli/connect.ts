/** The KMS that the flags and the environment name. */
import { connectKms } from '../kms/connect';
import type { KmsClient } from '../kms/kms-client';
import type { Spelling } from '../terms/setting';
import type { ConnectionFlags } from './connection-flags';
import type { Surroundings } from './surroundings';

/**
 * @param newSequence serial numbers of the requests. @default random ones
 * @throws ByokError ERR_CONFIGURATION
 */
export function connect(
  flags: ConnectionFlags,
  { env, now, remark }: Pick<Surroundings, 'env' | 'now' | 'remark'>,
  spelling: Spelling,
  newSequence?: () => string,
): KmsClient {
  return connectKms(flags, env, {
    now,
    spelling,
    remark: (sentence) => remark(`byok: ${sentence}\n`),
    ...(newSequence === undefined ? {} : { newSequence }),
  });
}
