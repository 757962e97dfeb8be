import { DOMParser, type Element, onErrorStopParsing } from '@xmldom/xmldom';
import { junitOf } from '../../lib/report/junit';
import { finding } from './findings';

const now = new Date('2030-01-15T12:00:00Z');

const report = junitOf(
  [
    finding({}),
    finding({
      place: 'state "a&b"',
      address: 'byok_key_material.x["<>"]',
      verdict: 'missing',
      reason: 'a "reason" & <more>\u0000\n',
    }),
    finding({
      place: 'state "a&b"',
      verdict: 'expiring',
      reason: null,
      key_id: null,
      material_status: null,
      expiration_time: null,
    }),
  ],
  now,
);

test('has a suite for each place and a case for each key', () => {
  expect(report).toContain('<testsuites name="byok check" tests="3" failures="2">');
  expect(report).toContain(
    '<testsuite name="live" tests="1" failures="0" errors="0" skipped="0" timestamp="2030-01-15T12:00:00">',
  );
  expect(report).toContain('    <testcase classname="byok.live" name="orders" time="0"/>');
  expect(report).toContain('<failure type="expiring" message="expiring">key not made yet, ');
});

test('a key that is scheduled for deletion is shown as skipped, and fails nothing', () => {
  const scheduled = junitOf(
    [finding({}), finding({ verdict: 'scheduled', reason: 'goes on <day>' })],
    now,
  );
  expect(scheduled).toContain('<testsuites name="byok check" tests="2" failures="0">');
  expect(scheduled).toContain('failures="0" errors="0" skipped="1"');
  expect(scheduled).toContain('      <skipped message="goes on &lt;day&gt;"/>\n    </testcase>');
});

test('is XML for a parser that is not ours', () => {
  const document = new DOMParser({ onError: onErrorStopParsing }).parseFromString(
    report,
    'text/xml',
  );
  const cases = Array.from(document.getElementsByTagName('testcase')).map((element) => [
    (element.parentNode as Element).getAttribute('name'),
    element.getAttribute('name'),
    Array.from(element.getElementsByTagName('failure')).map((failure) =>
      failure.getAttribute('message'),
    ),
  ]);
  expect(cases).toEqual([
    ['live', 'orders', []],
    ['state "a&b"', 'byok_key_material.x["<>"]', ['a "reason" & <more>  ']],
    ['state "a&b"', 'orders', ['expiring']],
  ]);
});
