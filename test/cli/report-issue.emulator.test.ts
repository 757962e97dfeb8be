/** `byok report --issue`: one issue, against a server that plays the forges. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finding } from '../report/findings';
import { liveResult } from '../report/watch/results';
import { FakeForge, forgeToken } from '../support/fake-forge';
import { scratchFolder } from '../support/scratch-folder';
import { type ByokProcess, bundleByok } from './byok-process';

const folder = scratchFolder();
const file = join(folder, 'check.json');
let byok: ByokProcess;
let forge: FakeForge;

beforeAll(() => {
  byok = bundleByok();
});
afterAll(() => byok.remove());
beforeEach(async () => {
  forge = new FakeForge();
  await forge.open();
});
afterEach(() => forge.close());

const ofForge = {
  github: () => ({
    GITHUB_TOKEN: forgeToken,
    GITHUB_API_URL: forge.url,
    GITHUB_REPOSITORY: 'acme/keys',
  }),
  gitlab: () => ({
    BYOK_GITLAB_TOKEN: forgeToken,
    CI_API_V4_URL: forge.url,
    CI_PROJECT_ID: '12',
  }),
} as const;

type Name = keyof typeof ofForge;

function look(isMissing: boolean): void {
  const found = isMissing
    ? finding({ verdict: 'missing', material_status: 'deleted_outside' })
    : finding({});
  writeFileSync(file, JSON.stringify(liveResult([found], new Date())));
}

async function report(name: Name, flags: readonly string[] = [], env: Record<string, string> = {}) {
  const args = ['report', file, '--remind', '30d', '--issue', name, ...flags];
  const finished = await byok.runHere(args, { env: { ...ofForge[name](), ...env } });
  expect(`${finished.stdout}${finished.stderr}`).not.toContain(forgeToken);
  return finished;
}

describe.each(['github', 'gitlab'] as const)('%s', (name) => {
  test('one issue is opened, kept, closed, and opened again', async () => {
    look(false);
    expect((await report(name)).stderr).toContain('there is no issue');
    expect(forge.issues).toEqual([]);
    look(true);
    const opened = await report(name);
    expect([opened.status, opened.stdout]).toEqual([0, expect.stringContaining('has no usable')]);
    expect(opened.stderr).toBe('byok: an issue was opened\n');
    expect(await report(name)).toMatchObject({
      stdout: '',
      stderr: 'byok: the issue was brought up to date\n',
    });
    expect(forge.issues).toEqual([
      expect.objectContaining({
        title: 'Key material needs attention',
        state: 'open',
        comments: [],
      }),
    ]);
    look(false);
    expect((await report(name)).stderr).toBe('byok: the issue was closed\n');
    expect(forge.issues).toMatchObject([
      { state: 'closed', comments: [expect.stringMatching(/^- `orders` .* is fine again$/)] },
    ]);
    expect((await report(name)).stderr).toContain('the issue is closed');
    look(true);
    expect((await report(name)).stderr).toBe('byok: the issue was opened again\n');
    expect(forge.issues).toMatchObject([{ state: 'open' }]);
  });

  test('an issue of a person with our marker is none of ours, nor is one of another name', async () => {
    look(true);
    await report(name);
    const body = String(forge.issues.splice(0)[0]?.body);
    forge.addIssue('Mine', body, 'mallory');
    await report(name);
    await report(name, ['--issue-id', 'prod']);
    expect(forge.issues.map(({ title, author }) => [title, author])).toEqual([
      ['Mine', 'mallory'],
      ['Key material needs attention', 'github-actions[bot]'],
      ['Key material needs attention (prod)', 'github-actions[bot]'],
    ]);
  });

  test('is found behind others that this login wrote', async () => {
    look(true);
    await report(name);
    for (let count = 0; count < 130; count++) {
      forge.addIssue('Of another workflow', 'chatter');
    }
    expect((await report(name)).stderr).toContain('brought up to date');
    expect(forge.issues).toHaveLength(131);
  });

  test('what is not delivered is told by the next run', async () => {
    look(true);
    forge.instead = (method) => (method === 'POST' ? undefined : { status: 500, body: '{}' });
    const { status, stderr } = await report(name);
    expect([status, stderr]).toEqual([1, expect.stringContaining('run it again in some minutes')]);
    forge.instead = undefined;
    expect((await report(name)).stdout).toContain('has no usable material');
  });
});

test.each<[string, readonly string[], Record<string, string>, string]>([
  ['no token', [], { GITHUB_TOKEN: '' }, 'GITHUB_TOKEN is not set, so --issue github cannot'],
  ['no repository', [], { GITHUB_REPOSITORY: '' }, '--issue github is for workflows of GitHub'],
  ['a name of two words', ['--issue-id', 'a b'], {}, '--issue-id is not one word'],
  ['a file beside it', ['--reminded', 'told.json'], {}, 'either --reminded or --issue'],
])(
  '%s is one sentence, and exit code 1, before anything is asked',
  async (_name, flags, env, message) => {
    look(true);
    const { status, stderr } = await report('github', flags, env);
    expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(forge.requests).toEqual([]);
  },
);

test('a token that may not write issues is an error: the alarm was not given', async () => {
  look(true);
  forge.instead = (method, path) =>
    method === 'POST' && path.endsWith('/issues') ? { status: 403, body: '{}' } : undefined;
  const { status, stderr } = await report('github');
  expect([status, stderr]).toEqual([1, expect.stringContaining('the token may not do this')]);
});
