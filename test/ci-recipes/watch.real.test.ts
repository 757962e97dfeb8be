/** Recipes that look at keys without a change: cron, and one issue on GitHub or GitLab. */
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok } from '../emulator/plain-http';
import { forgeToken } from '../support/fake-forge';
import { scratchFolder } from '../support/scratch-folder';
import { readWorkflow, WorkflowRun } from './github-workflow';
import { GitLabComponent, runGitLabJob } from './gitlab-component';
import { key, material } from './keys';
import { RecipeBench, recipes } from './recipe-bench';

const bench = new RecipeBench();

describe('cron', () => {
  const folder = scratchFolder();
  const places = ['/etc/byok', '/var/lib/byok', '/var/lib/node_exporter/textfile'];

  /** The line of the table, as cron runs it, with the folders of the test. */
  function tick(login: Readonly<Record<string, string>>) {
    const table = readFileSync(join(recipes, 'cron', 'byok-metrics.cron'), 'utf8');
    const [, line = ''] = /^7 \* \* \* \* byok (.*)$/m.exec(table) ?? [];
    for (const place of places) {
      mkdirSync(join(folder, place), { recursive: true });
    }
    copyFileSync(join(recipes, 'cron', 'byok-metrics'), join(folder, 'byok-metrics'));
    const lines = Object.entries(login).map(([name, value]) => `${name}='${value}'\n`);
    writeFileSync(join(folder, 'etc/byok/login'), lines.join(''));
    const here = line.replace(/ (?=\/(etc|var)\/)/g, ` ${folder}`);
    const { PATH = '' } = bench.programs;
    return bench.run(['sh'], here, folder, { PATH: `${folder}:${PATH}` });
  }

  const prom = join(folder, 'var/lib/node_exporter/textfile/byok.prom');
  const series = (name: string) =>
    readFileSync(prom, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(name));

  test('leaves metrics, and a look that fails keeps their last values and says so', async () => {
    await ok(bench.emulator, 'create-key', { key_alias: 'orders', origin: 'external' });
    const login = { ...bench.login, KMS_ENDPOINT: bench.emulator.url };
    expect(await tick(login)).toMatchObject({ code: 0, output: '' });
    expect(series('byok_key_material_verdict{').filter((line) => line.endsWith(' 1'))).toEqual([
      expect.stringMatching(/alias="orders",verdict="missing"/),
    ]);
    expect(series('byok_check_source_up')).toEqual([expect.stringMatching(/ 1$/)]);
    const before = readFileSync(prom, 'utf8');
    const { ino, mode } = statSync(prom);
    expect(mode & 0o044).toBe(0o044);

    const failed = await tick({ ...login, HW_SECRET_KEY: 'another' });
    expect([failed.code, failed.output]).toEqual([1, expect.stringContaining('aksk signature')]);
    expect(series('byok_check_source_up')).toEqual([expect.stringMatching(/ 0$/)]);
    expect(readFileSync(prom, 'utf8').replace(/(source_up.*) 0$/m, '$1 1')).toBe(before);
    expect(statSync(prom).ino).not.toBe(ino);

    expect((await tick(login)).code).toBe(0);
    expect(series('byok_check_source_up')).toEqual([expect.stringMatching(/ 1$/)]);
  });
});

describe.each(['GitHub', 'GitLab'])('every morning on %s', (forge) => {
  const workflow = readWorkflow('github-drift/keys-drift.yml');
  const component = new GitLabComponent('keys-drift');

  /** One run, and whether it is green. The KMS of the test is named as for a runner of one's own. */
  async function look(number: number, secretKey?: string): Promise<boolean> {
    const login: Record<string, string> = { ...bench.login };
    login.HW_SECRET_KEY = secretKey ?? login.HW_SECRET_KEY ?? '';
    const env = { KMS_ENDPOINT: bench.emulator.url };
    if (forge === 'GitLab') {
      const [, job] = component.include({ stack: 'prod', image: 'x' });
      const token = { BYOK_GITLAB_TOKEN: forgeToken };
      const variables = { ...login, ...env, ...token };
      return (await runGitLabJob(bench, job, bench.checkout(), variables)).code === 0;
    }
    const table = {
      'vars.KMS_REGION': login.HW_REGION_NAME ?? '',
      'vars.KMS_PROJECT_ID': login.HW_PROJECT_ID ?? '',
      'secrets.KMS_READ_ACCESS_KEY': login.HW_ACCESS_KEY ?? '',
      'secrets.KMS_READ_SECRET_KEY': login.HW_SECRET_KEY ?? '',
    };
    const event = { schedule: '17 5 * * *' };
    const run = new WorkflowRun(bench, workflow, { table, event, number, env });
    return (await run.job('look')).failed === undefined;
  }

  const issues = () => bench.forge.issues.map(({ state, comments }) => [state, comments.length]);

  test('one issue tells what was done by hand, and is closed when it is undone', async () => {
    await bench.declare(key('orders'));
    const variables = { ...bench.login, ORDERS_KEY: material };
    await bench.stack().succeed(['apply', '-auto-approve'], variables);
    expect(await look(1)).toBe(true);
    expect(issues()).toEqual([]);

    const { key_id } = bench.stack().attributes('byok_external_key');
    await ok(bench.emulator, 'delete-imported-key-material', { key_id });
    expect([await look(2), await look(3)]).toEqual([true, true]);
    expect(issues()).toEqual([['open', 0]]);
    expect(bench.forge.issues[0]?.body).toContain('| `orders` | ');

    expect(await look(4, 'another')).toBe(false);
    expect(issues()).toEqual([['open', 0]]);

    await bench.stack().succeed(['apply', '-auto-approve'], variables);
    expect(await look(5)).toBe(true);
    expect(issues()).toEqual([['closed', 1]]);
  });
});
