/** The short form of `npm run chaos`, in processes of its own as there. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Totals } from '../../chaos/report';
import { cleanEnvironment } from '../support/terraform-workspace';

const root = join(__dirname, '..', '..');
let temp: string;

beforeEach(() => {
  temp = mkdtempSync(join(tmpdir(), 'byok-chaos-test-'));
});

afterEach(() => {
  rmSync(temp, { recursive: true });
});

function campaign(...args: string[]): { totals: Totals; status: number | null } {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(root, 'chaos', 'main.ts'), '--json', ...args],
    {
      cwd: root,
      encoding: 'utf8',
      env: cleanEnvironment({ TMPDIR: temp }),
    },
  );
  if (stdout === '') {
    throw new Error(`the campaign said nothing: ${stderr}`);
  }
  return { totals: JSON.parse(stdout) as Totals, status };
}

/**
 * Of the first 40 cases those that reach, in half as many starts of the provider, every kind of
 * step and of fault that all of them reach: 38 and 20. Other walks may need other cases.
 */
const telling = '0,2,6,7,8,9,11,12,14,15,16,20,21,24,25,28,29,31,33,34,35,36,37,38,39';

test.each([
  [
    'the plugin protocol',
    ['--seed', '1', '--case', telling],
    { cases: 25, terraformCases: 0 },
    { operations: 36, faults: 18 },
  ],
  [
    'the real terraform',
    ['--seed', '7', '--cases', '0', '--terraform', '4'],
    { cases: 0, terraformCases: 4 },
    { operations: 5, faults: 5 },
  ],
])(
  'lives of a key and encounters over one by %s violate nothing and leave nothing behind',
  (_name, args, expected, kinds) => {
    const { totals, status } = campaign(...args);
    expect(totals.violations).toEqual([]);
    expect(totals).toMatchObject(expected);
    expect(totals.kills).toBeGreaterThan(0);
    expect(totals.kinds.encounter).toBeGreaterThan(0);
    expect(Object.keys(totals.operations).length).toBeGreaterThanOrEqual(kinds.operations);
    expect(Object.keys(totals.faults).length).toBeGreaterThanOrEqual(kinds.faults);
    expect(status).toBe(0);
    expect(readdirSync(temp).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
  },
);
