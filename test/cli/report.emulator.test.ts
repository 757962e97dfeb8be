/**
 * `byok report` behind `byok check` and the emulator: from keys to files, and what becomes of the
 * files when an input cannot be read.
 */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../support/scratch-folder';
import { type ByokAndEmulator, startByokAndEmulator } from './byok-and-emulator';

let bench: ByokAndEmulator;
let keyId: string;
const folder = scratchFolder();
const offline = { endpoint: undefined, env: {}, cwd: folder };
const dayMs = 86_400_000;

beforeAll(async () => {
  bench = await startByokAndEmulator();
  keyId = await bench.createKey();
  const { status } = await bench.run(['check', '--live', '--json', 'check.json'], { cwd: folder });
  expect(status).toBe(3);
});

afterAll(() => bench.close());

const pathOf = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(pathOf(name), 'utf8');
const report = (...args: string[]) => bench.run(['report', ...args], offline);

/** The same look, some days ago. */
function aged(name: string, days: number, more: object = {}): void {
  const asOf = `${new Date(Date.now() - days * dayMs).toISOString().slice(0, 19)}Z`;
  writeFileSync(
    pathOf(name),
    JSON.stringify({ ...JSON.parse(read('check.json')), as_of: asOf, ...more }),
  );
}

/** Of a project without keys. */
function withoutFindings(): object {
  const [source] = JSON.parse(read('check.json')).sources;
  return { sources: [{ ...source, keys: 0 }], findings: [] };
}

test('tells of each key, asks no KMS, and ends with 0', async () => {
  bench.emulator.clearCalls();
  const { status, stdout, stderr } = await report('check.json');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^VERDICT +KEY +PLACE +STATUS +EXPIRES\nmissing +test-\S+ +huaweicloud/);
  expect(bench.emulator.calls()).toEqual([]);
});

test('writes metrics, whatever was there before, and leaves nothing beside', async () => {
  mkdirSync(pathOf('metrics'));
  writeFileSync(pathOf('metrics/real.prom'), 'old');
  symlinkSync('real.prom', pathOf('metrics/byok.prom'));
  expect((await report('check.json', '--metrics', 'metrics/byok.prom')).status).toBe(0);
  expect(read('metrics/real.prom')).toMatch(
    new RegExp(`^byok_key_material_verdict\\{.*key_id="${keyId}",.*,verdict="missing"\\} 1$`, 'm'),
  );
  expect(readdirSync(pathOf('metrics'))).toEqual(['byok.prom', 'real.prom']);
});

test('an old input is told as old, and is not fine', async () => {
  aged('old.json', 3, { verdict: 'fine', exit_code: 0, ...withoutFindings() });
  const { status, stdout } = await report('old.json');
  expect([status, stdout]).toEqual([0, expect.stringMatching(/: not looked at since 20\S+Z\n$/)]);
  const { stdout: json } = await report('old.json', '--json');
  expect(JSON.parse(json)).toMatchObject({ verdict: 'unknown', sources: [{ outdated: true }] });
  const { stdout: allowed } = await report('old.json', '--json', '--max-age', '4d');
  expect(JSON.parse(allowed)).toMatchObject({ verdict: 'fine', sources: [{ outdated: false }] });
});

test('an input that cannot be read changes nothing, but that the metrics say so', async () => {
  await report('check.json', '--metrics', 'kept.prom');
  const good = read('kept.prom');
  writeFileSync(pathOf('cut.json'), read('check.json').slice(0, 200));
  const { status, stdout, stderr } = await report(
    'check.json',
    'cut.json',
    '--metrics',
    'kept.prom',
  );
  expect([status, stdout, stderr]).toEqual([
    1,
    '',
    'byok: the result "cut.json" is no JSON, or is cut off; give what "byok check --json FILE" writes\n',
  ]);
  expect(read('kept.prom')).toBe(good.replace(/(source_up.*) 1$/m, '$1 0'));
  await report('check.json', '--metrics', 'kept.prom');
  expect(read('kept.prom')).toBe(good);
});

test.each([
  ['a file that is not there', ['none.json'], 'the result "none.json" does not exist; give the'],
  ['a folder', ['.'], 'the result "." is a folder; give the path of a file'],
  ['nothing', ['-'], 'the result on standard input is empty'],
  ['standard input twice', ['-', '-'], 'standard input is named more than once; give "-" once'],
  ['no input', [], "error: missing required argument 'file'"],
  ['an age that is none', ['check.json', '--max-age', 'soon'], '--max-age is "soon"; allowed is'],
  [
    'a folder that is not there',
    ['check.json', '--metrics', 'none/byok.prom'],
    '--metrics "none/byok.prom" is in a folder that does not exist; make that folder first',
  ],
])('refuses %s in a sentence', async (_name, args, message) => {
  const before = readdirSync(folder);
  const { status, stdout, stderr } = await report(...args);
  expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining(message)]);
  expect(readdirSync(folder)).toEqual(before);
});

test('writes a calendar under a name', async () => {
  const soon = { ...JSON.parse(read('check.json')).findings[0], material_status: 'present' };
  aged('dated.json', 0, { findings: [{ ...soon, expiration_time: '2031-01-31T00:00:00Z' }] });
  const name = ['--calendar-name', 'Keys of ACME'];
  expect((await report('dated.json', '--calendar', 'keys.ics', ...name)).status).toBe(0);
  expect(read('keys.ics')).toMatch(/^BEGIN:VCALENDAR\r\n[\s\S]*END:VCALENDAR\r\n$/);
  expect(read('keys.ics')).toContain('\r\nX-WR-CALNAME:Keys of ACME\r\n');
  expect(read('keys.ics')).toContain('\r\nDTSTART:20310131T000000Z\r\n');
});

test('writes page, timeline, badge and inventory, the page also into a folder', async () => {
  mkdirSync(pathOf('public'));
  const drawings = ['--svg', 'keys.svg', '--badge', 'badge.svg', '--cbom', 'bom.json'];
  expect((await report('check.json', '--page', 'public', ...drawings)).status).toBe(0);
  expect(read('public/index.html')).toContain(`<code>${keyId}</code>`);
  expect(read('keys.svg')).toContain('Timeline of the material of 1 key<');
  expect(JSON.parse(read('bom.json'))).toMatchObject({ bomFormat: 'CycloneDX' });
  expect(read('badge.svg')).toContain('keys: 1 missing');
  expect((await report('check.json', '--page', 'page.html')).status).toBe(0);
  // Only the minute may differ.
  expect(read('page.html').replace(/as of .*/, '')).toBe(
    read('public/index.html').replace(/as of .*/, ''),
  );
});

test('reads standard input', async () => {
  const { stdout } = await bench.run(['report', '-', '--json'], {
    ...offline,
    input: read('check.json'),
  });
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'missing', keys: { missing: 1, fine: 0 } });
});
