/** What both matchers take as a stack, and what they say of anything else. */
import { TerraformStack, Testing } from 'cdktf';
import { byokMatchers, synth } from 'cdktf-byok/testing';
import { scratchFolder } from '../support/scratch-folder';
import { failureOf, stackWith } from './matched-stacks';

expect.extend(byokMatchers);

describe('what is received', () => {
  function paymentsStack(): TerraformStack {
    const stack = new TerraformStack(Testing.app({ outdir: scratchFolder() }), 'stack');
    stackWith({ alias: 'payments' })(stack);
    return stack;
  }

  test.each<[string, () => unknown]>([
    ['a stack', paymentsStack],
    ['the text that Testing.synth returns', () => Testing.synth(paymentsStack())],
    ['the same, parsed', () => JSON.parse(Testing.synth(paymentsStack()))],
    ['one import', () => synth(stackWith({ alias: 'payments' })).findImport('payments')],
  ])('may be %s', (_, make) => {
    expect(make()).toImportKeyMaterial({ alias: 'payments' });
    expect(make()).not.toImportKeyMaterial({ alias: 'cards' });
  });

  test.each([
    [undefined, 'the tested value is of type undefined; allowed are a stack'],
    [null, 'the tested value is null'],
    ['resource {}', 'text that is no JSON'],
    [stackWith({}), 'the tested value is of type function'],
  ])('fails for %p, whether negated or not', (received, message) => {
    expect(failureOf(() => expect(received).toImportKeyMaterial())).toContain(message);
    expect(failureOf(() => expect(received).not.toImportKeyMaterial())).toContain(message);
  });
});
