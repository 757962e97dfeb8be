import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fingerprintFormat } from '../../lib/terms/material';
import { fingerprint, sameFingerprint } from '../../lib/wrap/fingerprint';

test('is what openssl computes from its definition', () => {
  const material = randomBytes(32);
  const printed = execFileSync(
    'openssl',
    ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${material.toString('hex')}`],
    {
      input: 'cdktf-byok fingerprint v1',
      encoding: 'utf8',
    },
  );
  expect(fingerprint(material)).toBe(`sha256:${printed.trim().split('= ')[1]}`);
});

test('has its format, and differs with the material', () => {
  expect(fingerprint(randomBytes(32))).toMatch(fingerprintFormat);
  expect(fingerprint(Buffer.alloc(32, 1))).not.toBe(fingerprint(Buffer.alloc(32, 2)));
});

test('is compared as text, whatever the lengths', () => {
  const print = fingerprint(randomBytes(32));
  expect([
    sameFingerprint(print, print),
    sameFingerprint(print, `${print}0`),
    sameFingerprint(print, ''),
  ]).toEqual([true, false, false]);
});
