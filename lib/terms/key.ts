/** What destroy can do to a key. */
export const keyDestroyPolicies = {
  schedule_deletion:
    'the key is scheduled for deletion after `pending_days`; until then it can be rescued',
  retain: 'the key stays in the KMS and is only forgotten by Terraform',
} as const;

/** What destroy does to the key. */
export type KeyDestroyPolicy = keyof typeof keyDestroyPolicies;

export const defaultKeyDestroyPolicy: KeyDestroyPolicy = 'schedule_deletion';

export const defaultPendingDays = 7;
