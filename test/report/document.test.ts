import { documentIn, type Kind } from '../../lib/report/document';

const state = { version: 4, terraform_version: '1.11.4', serial: 1, resources: [] };
const shown = { format_version: '1.0', terraform_version: '1.11.4', values: { root_module: {} } };
const plan = { format_version: '1.2', planned_values: {}, resource_changes: [] };
const encrypted = { serial: 1, meta: {}, encrypted_data: 'secret', encryption_version: 'v0' };
const log =
  '{"@level":"info","@message":"Terraform 1.11.4"}\n{"@level":"info","@message":"Plan: secret"}\n';

function form(text: string, kind: Kind): string {
  try {
    return documentIn(text, 'it', kind).form;
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_ARGUMENT' });
    expect((error as Error).message).not.toContain('secret');
    return (error as Error).message;
  }
}

test.each<[string, string, Kind, string]>([
  ['a state', JSON.stringify(state), 'state', 'state file'],
  ['a state as it is shown', JSON.stringify(shown), 'state', 'shown state'],
  ['an empty state as it is shown', '{"format_version":"1.0"}', 'state', 'shown state'],
  ['a plan', JSON.stringify(plan), 'plan', 'plan'],
  ['a state below a log', `${log}${JSON.stringify(state)}`, 'state', 'state file'],
  ['another object', '{"a":1}', 'state', 'something else'],
  [
    'a plan for a state',
    JSON.stringify(plan),
    'state',
    'it is no state of version 4; it is a plan: give it by --plan',
  ],
  [
    'a state for a plan',
    JSON.stringify(state),
    'plan',
    'it is no plan in JSON of format 1; it is a state: give it by --state',
  ],
  [
    'a shown state for a plan',
    JSON.stringify(shown),
    'plan',
    'it is no plan in JSON of format 1; it is a state: give it by --state',
  ],
  [
    'an encrypted state',
    JSON.stringify(encrypted),
    'state',
    'it is encrypted; pipe "tofu state pull" into --state -',
  ],
  [
    'an encrypted plan',
    JSON.stringify(encrypted),
    'plan',
    'it is encrypted; give what "tofu show -json PLANFILE" prints',
  ],
  [
    'a log',
    log,
    'plan',
    'it is the log of a command with -json; give what "terraform show -json PLANFILE" prints',
  ],
  ['nothing', ' \n', 'plan', 'it is empty; give what "terraform show -json PLANFILE" prints'],
  [
    'text',
    'secret',
    'state',
    'it is no JSON object; give a state file, or pipe "terraform state pull" into --state -',
  ],
  [
    'two states',
    `${JSON.stringify(state)}\n${JSON.stringify(state)}`,
    'state',
    'it holds 2 states or plans, and one would hide the others; give each with an option of its own',
  ],
  [
    'a state, and another one that is cut off',
    `${JSON.stringify(state)}\n${JSON.stringify(state).slice(0, -1)}`,
    'state',
    'it is cut off in the middle of a JSON object, so that not all of it was read; give a state file, or pipe "terraform state pull" into --state -',
  ],
  [
    'a state among many braces',
    `${JSON.stringify(state)}\n${'x {"a\n'.repeat(600)}`,
    'state',
    'it has too many braces (500) that belong to no JSON object, so that not all of it was read; give a state file, or pipe "terraform state pull" into --state -',
  ],
])('%s', (_, text, kind, expected) => {
  expect(form(text, kind)).toBe(expected);
});
