/**
 * Findings as a JUnit report, which CI systems show as test results:
 * a suite for each place, a case for each key.
 */
import { oneLine } from '../printable';
import type { Finding } from './material-finding';
import { exitCodes } from './verdict';

/** @param now when the keys were read */
export function junitOf(findings: readonly Finding[], now: Date): string {
  const places = [...new Set(findings.map(({ place }) => place))];
  const suites = places.map((place) =>
    suiteOf(
      place,
      findings.filter((finding) => finding.place === place),
      now,
    ),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="byok check" tests="${findings.length}" failures="${failuresIn(findings)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteOf(place: string, findings: readonly Finding[], now: Date): string {
  const timestamp = now.toISOString().slice(0, 19);
  const attributes = `tests="${findings.length}" failures="${failuresIn(findings)}" errors="0" skipped="${skippedIn(findings)}" timestamp="${timestamp}"`;
  return [
    `  <testsuite name="${escaped(place)}" ${attributes}>`,
    ...findings.map(caseOf),
    '  </testsuite>',
  ].join('\n');
}

function caseOf({
  verdict,
  address,
  alias,
  key_id: keyId,
  material_status: status,
  expiration_time: expiration,
  reason,
}: Finding): string {
  const opening = `    <testcase classname="byok.${address === null ? 'live' : 'terraform'}" name="${escaped(address ?? alias ?? keyId ?? '')}" time="0"`;
  if (verdict === 'fine') {
    return `${opening}/>`;
  }
  if (verdict === 'scheduled') {
    return [
      `${opening}>`,
      `      <skipped message="${escaped(reason ?? verdict)}"/>`,
      '    </testcase>',
    ].join('\n');
  }
  const facts = `key ${keyId ?? 'not made yet'}, material_status ${status ?? 'not known yet'}, expiration_time ${expiration ?? 'not known yet'}`;
  return [
    `${opening}>`,
    `      <failure type="${verdict}" message="${escaped(reason ?? verdict)}">${escaped(facts)}</failure>`,
    '    </testcase>',
  ].join('\n');
}

function failuresIn(findings: readonly Finding[]): number {
  return findings.filter(({ verdict }) => exitCodes[verdict] !== 0).length;
}

/** Findings that are worth knowing but do not fail the check. */
function skippedIn(findings: readonly Finding[]): number {
  return findings.filter(({ verdict }) => verdict === 'scheduled').length;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** XML allows control characters in no form, and CI systems print what a report contains. */
function escaped(text: string): string {
  return oneLine(text.replace(/\p{C}/gu, ' ')).replace(
    /[&<>"]/g,
    (character) => entities[character] ?? '',
  );
}
