/** What destroy can do to a key. */
export const keyDestroyPolicies = {
  schedule_deletion:
    'the key is scheduled for deletion after `pending_days`, and you can rescue it until then',
  retain: 'the key stays in the KMS, and only Terraform forgets it',
} as const;

/** What destroy does to the key. */
export type KeyDestroyPolicy = keyof typeof keyDestroyPolicies;

export const defaultKeyDestroyPolicy: KeyDestroyPolicy = 'schedule_deletion';

export const defaultPendingDays = 7;
