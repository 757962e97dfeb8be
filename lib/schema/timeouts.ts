/**
 * The `timeouts` block of every resource:
 * how long an operation may take.
 */
import { defaultTimeout } from '../terms/duration';
import type { BlockSchema } from './model';

export const timeoutNames = ['create', 'read', 'update', 'delete'] as const;

export type TimeoutName = (typeof timeoutNames)[number];

const attribute = (operation: TimeoutName) =>
  ({
    type: 'string',
    optional: true,
    default: defaultTimeout,
    description: `Time limit for ${operation}, for example \`90s\` or \`10m\`.`,
  }) as const;

export const timeoutsBlock = {
  description:
    'How long each operation may take, including logins, repeated calls and material commands. The answer to a change that was sent is awaited all the same, and after a deletion so is the import that follows it. Plans are not limited.',
  attributes: {
    create: attribute('create'),
    read: attribute('read'),
    update: attribute('update'),
    delete: attribute('delete'),
  },
} as const satisfies BlockSchema;
