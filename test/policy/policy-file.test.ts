/** A policy as a file: what it may hold, and that one sentence says what is wrong with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repeatedNameIn } from '../../lib/json';
import { parsePolicy } from '../../lib/policy/policy-file';

const all = {
  maximumValidity: '365d',
  requirePin: true,
  allowedWrappingAlgorithms: ['RSAES_OAEP_SHA_256'],
  forbiddenSources: ['environment', 'pre-wrapped'],
  requiredOnDestroy: ['retain', 'refuse'],
  severity: 'warning',
  severities: { requirePin: 'error' },
};

test.each([[all], [{}], [{ forbiddenSources: [] }]])('%j is a policy', (policy) => {
  expect(parsePolicy(JSON.stringify(policy), 'it')).toEqual(policy);
  expect(parsePolicy(`\uFEFF${JSON.stringify(policy, undefined, 2)}\r\n`, 'it')).toEqual(policy);
});

test.each([
  ['', 'policy "p.json" is no JSON object; give the rules as one, such as {"requirePin": true}'],
  ['[]', 'policy "p.json" is no JSON object;'],
  ['{"requirePin": true', 'policy "p.json" is no JSON object;'],
  [
    '{"requirePins": true}',
    'policy "p.json": KeyMaterialPolicy has no property "requirePins" (did you mean "requirePin"?); allowed are',
  ],
  ['{"require_pin": true}', '(did you mean "requirePin"?)'],
  ['{"now": "2030-01-01T00:00:00Z"}', 'KeyMaterialPolicy has no property "now"; allowed are'],
  ['{"__proto__": {"requirePin": true}}', 'has no property "__proto__"'],
  [
    '{"severities": {"pin": "error"}}',
    'severities of KeyMaterialPolicy has no property "pin"; allowed are',
  ],
  ['{"severities": null}', 'the properties of severities of KeyMaterialPolicy are not an object'],
  [
    '{"severities": {"requirePin": 1}}',
    'severities.requirePin is 1; allowed are "error" and "warning"',
  ],
  ['{"severity": null}', 'severity is null; allowed are "error" and "warning"'],
  ['{"requirePin": "true"}', 'requirePin is "true"; allowed are true and false'],
  ['{"requirePin": null}', 'requirePin is null; allowed are true and false'],
  [
    '{"maximumValidity": 365}',
    'maximumValidity is 365; allowed is a text of a whole number and a unit (s, m, h or d), such as "365d"',
  ],
  ['{"maximumValidity": "a year"}', 'maximumValidity is "a year"; allowed is a whole number'],
  ['{"forbiddenSources": "file"}', 'forbiddenSources is "file"; allowed is a list of "variable", '],
  ['{"forbiddenSources": ["files"]}', 'forbiddenSources holds "files"; allowed are "variable", '],
  ['{"requiredOnDestroy": [null]}', 'requiredOnDestroy holds null; allowed are "retain", '],
  ['{"requiredOnDestroy": [["retain"]]}', 'requiredOnDestroy holds a list; allowed are "retain"'],
  [
    '{"allowedWrappingAlgorithms": []}',
    'allowedWrappingAlgorithms is an empty list; allowed is a list of "RSAES_OAEP_SHA_256", ',
  ],
  [
    '{"requirePin": true, "requirePin": false}',
    'policy "p.json" gives "requirePin" twice, and only one of them would count; give it once',
  ],
  [
    '{"severities": {"requirePin": "error", "requireP\\u0069n": "warning"}}',
    'gives "requirePin" twice',
  ],
])('%s is refused in one sentence', (content, message) => {
  const refusal = expect.objectContaining({
    code: 'ERR_ARGUMENT',
    message: expect.stringMatching(/^policy "p\.json".*[^.\n]$/),
  });
  expect(() => parsePolicy(content, 'policy "p.json"')).toThrow(refusal);
  expect(() => parsePolicy(content, 'policy "p.json"')).toThrow(message);
});

test('the policy of the page is one', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'review.md'), 'utf8');
  const [, content = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
  expect(Object.keys(parsePolicy(content, 'docs/review.md'))).toContain('requirePin');
});

test('a key in the place of a value is not shown', () => {
  const secret = 'q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k=';
  for (const name of ['maximumValidity', 'severity', 'requirePin']) {
    expect(() => parsePolicy(JSON.stringify({ [name]: secret }), 'it')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('ASNF') }),
    );
  }
});

test.each([
  ['{"a": {"x": 1}, "b": {"x": 2}}', undefined],
  ['[{"a": 1}, {"a": 2}]', undefined],
  ['{"a": "a", "b": "{\\"a\\":1,\\"a\\":2}"}', undefined],
  ['{"a": 1, "b": [{"a": 1}], "a": 2}', '"a"'],
  ['{"a\\"}": 1 , "b": {"c" :1,\n"c"\t:2}}', '"c"'],
])('of the names in %s, the one that is repeated is %s', (text, name) => {
  expect(repeatedNameIn(text)).toBe(name);
});
