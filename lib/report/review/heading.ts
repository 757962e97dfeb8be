/** What a review says above the keys: how many of them are in for what, and what a policy found. */
import { kindOf, type Outcome, outcomes } from './effects';
import type { KeyReview } from './key-review';
import type { PolicyResult } from './policy-review';
import { type Review, worstOf } from './review';
import type { Line } from './words';

/** "Keys: 1 stops working, 2 are filled, 14 unchanged". */
export function headingOf(review: Review): string {
  const errors = review.policy.filter(({ level }) => level === 'error').length;
  return errors === 0
    ? headingOfKeys(review)
    : `${headingOfKeys(review)}; ${counted(errors, 'policy error')}`;
}

function headingOfKeys({ keys, stacks }: Review): string {
  if (keys.length === 0 && stacks.every(({ status }) => status === 'declared')) {
    return stacks.some(({ modules }) => modules > 0)
      ? 'Keys: none is declared outside Terraform modules'
      : 'Keys: none is declared';
  }
  if (keys.length === 0 && stacks.every(({ status }) => ['planned', 'declared'].includes(status))) {
    return 'Keys: no key changes';
  }
  if (stacks.some(({ status }) => status === 'failed')) {
    return 'Keys: the plan failed, so this review is not complete';
  }
  if (stacks.every(({ status }) => status === 'refused')) {
    return 'Keys: this plan is refused, so nothing is applied';
  }
  const outcomesFound = (Object.keys(outcomes) as Outcome[]).flatMap((outcome) => {
    const count = keys.filter((key) => outcomeOf(key) === outcome).length;
    return count === 0 ? [] : [`${count} ${outcomes[outcome][count === 1 ? 0 : 1]}`];
  });
  const unchanged = stacks.reduce((sum, stack) => sum + stack.unchanged, 0);
  return `Keys: ${[...outcomesFound, ...(unchanged === 0 ? [] : [`${unchanged} unchanged`])].join(', ')}`;
}

function outcomeOf(key: KeyReview): Outcome {
  return kindOf(worstOf(key)).outcome;
}

/** Of stacks that were not planned; empty if all were. */
export function unplannedNote({ stacks }: Review): Line {
  const names = stacks
    .filter(({ status }) => status === 'declared')
    .flatMap(({ name }, at): Line => [at === 0 ? '' : ', ', { name }]);
  const modules = stacks.reduce((sum, stack) => sum + stack.modules, 0);
  return names.length === 0
    ? []
    : [
        'Not planned: ',
        ...names,
        '. This is what the code declares; what happens, a plan tells.',
        ...(modules === 0
          ? []
          : [
              ` Keys in ${counted(modules, 'Terraform module')} are missing here: only a plan shows them.`,
            ]),
      ];
}

/** What the policy found, in numbers; undefined if none was given. */
export function policyHeadingOf({ stacks, policy }: Review): string | undefined {
  const judged = stacks.filter((stack) => stack.judged !== null);
  if (judged.length === 0) {
    return undefined;
  }
  const found = levels.flatMap((level) => {
    const count = policy.filter((result) => result.level === level).length;
    return count === 0 ? [] : [counted(count, level)];
  });
  const hooks = judged.reduce((sum, stack) => sum + stack.hooks, 0);
  const modules = judged.reduce((sum, stack) => sum + stack.modules, 0);
  const none = `no violation in ${counted(
    judged.reduce((sum, stack) => sum + (stack.judged ?? 0), 0),
    'key',
  )}`;
  return [
    found.length === 0 ? none : found.join(', '),
    ...(hooks === 0 ? [] : [`${counted(hooks, 'key')} kept by hooks not judged`]),
    ...(modules === 0 ? [] : [`keys in ${counted(modules, 'module')} not judged`]),
  ].join('; ');
}

const levels = ['error', 'warning'] as const;

/** What reviewers should see: a warning about a key that does not change is old news. */
export function newsOfPolicy({ keys, policy }: Review): readonly PolicyResult[] {
  const nameOf = (stack: string, address: string) => JSON.stringify([stack, address]);
  const changing = new Set(
    keys.flatMap(({ stack, addresses }) => addresses.map((address) => nameOf(stack, address))),
  );
  return policy.filter(
    ({ level, stack, address }) => level === 'error' || changing.has(nameOf(stack, address)),
  );
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
