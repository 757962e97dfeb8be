/** `byok review --post`: one comment, kept up to date, against servers that play the forges. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeForge, forgeToken as token } from '../support/fake-forge';
import { scratchFolder } from '../support/scratch-folder';
import { type ByokProcess, bundleByok } from './byok-process';

const folder = scratchFolder();
let byok: ByokProcess;

beforeAll(() => {
  byok = bundleByok();
});
afterAll(() => byok.remove());

const id = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';

function plan(alias: string, actions: readonly string[] = ['delete']): string {
  const path = join(folder, `${alias}-${actions[0]}.json`);
  const before = { alias, key_id: id, on_destroy: 'schedule_deletion', pending_days: 7 };
  const after = actions[0] === 'delete' ? null : before;
  const change = { actions, before, after, after_unknown: {} };
  const resource = {
    address: `byok_external_key.${alias}`,
    mode: 'managed',
    type: 'byok_external_key',
    name: alias,
    change,
  };
  writeFileSync(path, JSON.stringify({ format_version: '1.2', resource_changes: [resource] }));
  return path;
}

function event(content: object): string {
  const path = join(folder, `event-${Object.keys(content).join()}.json`);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const ofForge = {
  github: (forge: FakeForge, run: number) => ({
    GITHUB_TOKEN: token,
    GITHUB_API_URL: forge.url,
    GITHUB_REPOSITORY: 'acme/keys',
    GITHUB_EVENT_PATH: event({ pull_request: { number: 7 } }),
    GITHUB_RUN_ID: String(run),
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_SHA: '4f1c2a9e0d',
  }),
  gitlab: (forge: FakeForge, run: number) => ({
    BYOK_GITLAB_TOKEN: token,
    CI_API_V4_URL: forge.url,
    CI_PROJECT_ID: '12',
    CI_MERGE_REQUEST_IID: '7',
    CI_PIPELINE_ID: String(run),
    CI_COMMIT_SHA: '4f1c2a9e0d',
  }),
} as const;

type Name = keyof typeof ofForge;

let forge: FakeForge;

beforeEach(async () => {
  forge = new FakeForge();
  await forge.open();
});
afterEach(() => forge.close());

async function post(
  name: Name,
  file: string,
  run = 1,
  env: Record<string, string> = {},
  flags: readonly string[] = [],
) {
  const finished = await byok.runHere(['review', '--plan', file, '--post', name, ...flags], {
    env: { ...ofForge[name](forge, run), ...env },
  });
  expect(`${finished.stdout}${finished.stderr}`).not.toContain(token);
  return finished;
}

describe.each(['github', 'gitlab'] as const)('%s', (name) => {
  test('one comment is written, kept, and brought up to date', async () => {
    forge.add('a word of a person', 'jane');
    expect((await post(name, plan('orders'))).stderr).toBe('byok: a comment was written\n');
    expect(forge.comments).toHaveLength(2);
    expect(forge.comments[1]?.body).toMatch(
      /^<!-- byok-review .*"run":\[1,1\].* -->\n\n## Keys: 1/,
    );
    expect((await post(name, plan('orders'))).stderr).toContain('says the same already');
    expect((await post(name, plan('other'), 2)).stderr).toContain('brought up to date');
    expect(forge.comments).toHaveLength(2);
    expect(forge.comments[1]?.body).toContain('`other`');
    await post(name, plan('orders', ['no-op']), 3);
    expect(forge.comments[1]?.body).toContain('## Keys: no key changes');
  });

  test('with --mode new, other effects are another comment, and the one before is hidden', async () => {
    const anew = (file: string, run: number) => post(name, file, run, {}, ['--mode', 'new']);
    await anew(plan('orders'), 1);
    expect((await anew(plan('orders'), 2)).stderr).not.toContain('was written');
    expect(forge.comments).toHaveLength(1);
    expect((await anew(plan('other'), 3)).stderr).toContain('a comment was written');
    expect((await anew(plan('orders'), 2)).stderr).toContain('a newer run has written');
    await anew(plan('orders'), 4);
    const shown = forge.comments.filter(({ hidden }) => !hidden);
    expect(forge.comments).toHaveLength(3);
    expect(shown).toHaveLength(name === 'github' ? 1 : 3);
    expect(shown.at(-1)?.body).toContain('`orders`');
  });

  test('nothing is written when no key changes and there is no comment', async () => {
    const { status, stderr } = await post(name, plan('orders', ['no-op']));
    expect([status, stderr]).toEqual([0, 'byok: no key changes, and there is no comment\n']);
    expect(forge.comments).toEqual([]);
  });

  test('an older run overwrites no newer one', async () => {
    await post(name, plan('newer'), 9);
    const { status, stderr } = await post(name, plan('older'), 8);
    expect([status, stderr]).toEqual([0, expect.stringContaining('a newer run has written')]);
    expect(forge.comments[0]?.body).toContain('`newer`');
  });

  test('a comment of another author with our marker is none of ours', async () => {
    await post(name, plan('orders'));
    const [own] = forge.comments.splice(0);
    forge.add(String(own?.body).replace('"run":[1,1]', '"run":[99,1]'), 'mallory');
    await post(name, plan('orders'), 2);
    expect(forge.comments.map(({ author }) => author)).toEqual(['mallory', 'github-actions[bot]']);
  });

  test('finds its comment behind hundreds of others', async () => {
    for (let count = 0; count < 230; count++) {
      forge.add('chatter', 'jane');
    }
    await post(name, plan('orders'));
    await post(name, plan('other'), 2);
    expect(forge.comments).toHaveLength(231);
  });

  test.each([
    [404, 'check the repository'],
    [422, 'does not take this comment'],
    [429, 'run it again in some minutes'],
    [502, 'run it again in some minutes'],
  ])('an answer of %i is one sentence, and exit code 1', async (status, advice) => {
    forge.instead = (method) =>
      method === 'GET' ? { status, body: `<html>${token}</html>` } : undefined;
    const { status: code, stderr } = await post(name, plan('orders'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^byok: Git(?:Hub|Lab) answers \d+; .*\n$/);
    expect(stderr).toContain(advice);
  });

  test('a page of HTML with status 200 is none', async () => {
    forge.instead = (method) => (method === 'GET' ? { status: 200, body: '<html>' } : undefined);
    const { status, stderr } = await post(name, plan('orders'));
    expect([status, stderr]).toEqual([1, expect.stringContaining('answers what is no JSON')]);
  });

  test('plain http to another machine gets no token', async () => {
    const variable = name === 'github' ? 'GITHUB_API_URL' : 'CI_API_V4_URL';
    const { status, stderr } = await post(name, plan('orders'), 1, {
      [variable]: 'http://forge.example',
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining('is no https:// URL')]);
    expect(forge.requests).toEqual([]);
  });
});

test('several comments of ours become one, and the others are hidden', async () => {
  await post('github', plan('orders'));
  forge.add(String(forge.comments[0]?.body));
  await post('github', plan('other'), 2);
  expect(forge.comments.map(({ hidden }) => hidden)).toEqual([true, false]);
  expect(forge.comments[1]?.body).toContain('`other`');
});

test.each([
  ['without a token', { GITHUB_TOKEN: '' }, undefined],
  ['with one that may not write', {}, { status: 403, body: '{}' }],
])('%s, the review goes into the summary of the job', async (_name, env, answer) => {
  mkdirSync(join(folder, 'summaries'), { recursive: true });
  const summary = join(folder, 'summaries', `${Object.keys(env).length}.md`);
  writeFileSync(summary, 'before\n');
  forge.instead = () => answer;
  const finished = await post('github', plan('orders'), 1, {
    ...env,
    GITHUB_STEP_SUMMARY: summary,
  });
  expect([finished.status, finished.stderr]).toEqual([
    0,
    expect.stringContaining('the review is in the summary of the job instead'),
  ]);
  expect(readFileSync(summary, 'utf8')).toMatch(/^before\n<!-- byok-review [\s\S]*`orders`/);
});

describe('a workflow that follows the one of a fork', () => {
  const sha = 'f00dfeedf00dfeedf00dfeedf00dfeedf00dfeed';
  const run = {
    event: 'pull_request',
    head_branch: 'a b&state=all',
    head_sha: sha,
    head_repository: { owner: { login: 'mallory' } },
    pull_requests: [],
  };
  const posted = (more: object) =>
    post('github', plan('orders'), 1, {
      GITHUB_EVENT_PATH: event({ workflow_run: { ...run, ...more } }),
    });

  beforeEach(() => {
    forge.pulls.push(
      { number: 3, head: 'jane:a b&state=all', sha },
      { number: 4, head: 'mallory:a b&state=all', sha },
    );
  });

  test('writes to the pull request of that branch, and names its commit', async () => {
    expect((await posted({})).stderr).toBe('byok: a comment was written\n');
    expect(forge.requests).toContain('POST /repos/acme/keys/issues/4/comments');
    expect(forge.comments[0]?.body).toContain('commit `f00dfeed`');
  });

  test.each([
    ['has another commit by now', { head_sha: sha.replace('f', 'e') }],
    ['is not open any more', { head_branch: 'closed' }],
  ])('writes nothing if it %s', async (_name, more) => {
    const { status, stderr } = await posted(more);
    expect([status, stderr]).toEqual([0, expect.stringContaining('so nothing was posted')]);
    expect(forge.comments).toEqual([]);
  });

  test.each([
    ['no pull request', { event: 'push' }],
    ['a repository that is gone', { head_repository: null }],
  ])('after %s is one sentence, and exit code 1', async (_name, more) => {
    const { status, stderr } = await posted(more);
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('was started by no pull request'),
    ]);
  });
});

test.each<[string, Record<string, string>, string]>([
  ['an event without a pull request', { GITHUB_EVENT_PATH: '/nowhere' }, 'names no pull request'],
  ['no repository', { GITHUB_REPOSITORY: '../../user' }, 'GITHUB_REPOSITORY is not set to'],
  [
    'no token and no summary',
    { GITHUB_TOKEN: '' },
    'GITHUB_TOKEN is not set, so the review cannot',
  ],
])('%s is one sentence, and exit code 1', async (_name, env, message) => {
  const { status, stderr } = await post('github', plan('orders'), 1, env);
  expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
  expect(forge.comments).toEqual([]);
});
