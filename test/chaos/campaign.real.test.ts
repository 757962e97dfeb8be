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

test.each([
  [
    'the plugin protocol',
    ['--seed', '1', '--cases', '40', '--terraform', '0'],
    { cases: 40, terraformCases: 0 },
  ],
  [
    'the real terraform',
    ['--seed', '7', '--cases', '0', '--terraform', '4'],
    { cases: 0, terraformCases: 4 },
  ],
])(
  'lives of a key and encounters over one by %s violate nothing and leave nothing behind',
  (_name, args, expected) => {
    const { totals, status } = campaign(...args);
    expect(totals.violations).toEqual([]);
    expect(totals).toMatchObject(expected);
    expect(totals.kills).toBeGreaterThan(0);
    expect(totals.kinds.encounter).toBeGreaterThan(0);
    expect(status).toBe(0);
    expect(readdirSync(temp).filter((name) => !name.startsWith('tsx-'))).toEqual([]);
  },
);
