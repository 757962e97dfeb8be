/** AWS CDK judges every template of these tests by the rules of CloudFormation. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { newStack, templateOf } from './stack-under-test';

function faultsIn(stack: Stack): unknown[] {
  templateOf({}, stack);
  const { outdir } = App.of(stack) as App;
  const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
  return report.pluginReports;
}

beforeEach(() => {
  // It prints the report, too.
  jest.spyOn(console, 'error').mockImplementation(() => {});
});

test('that of an imported key has no fault', () => {
  expect(faultsIn(newStack())).toEqual([]);
});

test('a property that there is not would be found', () => {
  const stack = newStack();
  new CfnLogGroup(stack, 'Log').addPropertyOverride('NoSuchThing', 5);
  expect(JSON.stringify(faultsIn(stack))).toContain("'NoSuchThing' was unexpected");
});
