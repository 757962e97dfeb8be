import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from '@msgpack/msgpack';
import * as messages from '../../lib/tfplugin/grpc/messages';
import { boxProvider } from './fixtures/box-provider';
import { InProcess } from './fixtures/in-process';

const folder = mkdtempSync(join(tmpdir(), 'box-'));
const file = join(folder, 'lease');
const provider = new InProcess(boxProvider, { folder });

afterAll(() => rmSync(folder, { recursive: true }));

const config = (values: Record<string, unknown>) => ({
  typeName: 'box_lease',
  config: { msgpack: encode({ holder: null, until: null, token: null, ...values }) },
});
const open = (values: Record<string, unknown>) =>
  provider.call(
    'OpenEphemeralResource',
    messages.OpenEphemeralResourceRequest,
    messages.OpenEphemeralResourceResponse,
    config(values),
  );
const renew = (kept: string, typeName = 'box_lease') =>
  provider.call(
    'RenewEphemeralResource',
    messages.RenewEphemeralResourceRequest,
    messages.RenewEphemeralResourceResponse,
    {
      typeName,
      private: Buffer.from(kept),
    },
  );
const close = (kept: string, typeName = 'box_lease') =>
  provider.call(
    'CloseEphemeralResource',
    messages.CloseEphemeralResourceRequest,
    messages.CloseEphemeralResourceResponse,
    {
      typeName,
      private: Buffer.from(kept),
    },
  );

test('is opened, renewed and closed, each time with what the last call kept', async () => {
  const opened = await open({ holder: 'ann', until: '2029-12-31T23:59:59.750Z' });
  expect(opened.diagnostics).toBeUndefined();
  expect(decode(opened.result?.msgpack ?? [])).toEqual({
    holder: 'ann',
    until: '2029-12-31T23:59:59.750Z',
    token: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(opened.renewAt).toEqual({
    seconds: Date.parse('2029-12-31T23:59:59Z') / 1000,
    nanos: 750_000_000,
  });
  expect(Buffer.from(opened.private ?? []).toString()).toBe('ann');

  const renewed = await renew('ann');
  expect(renewed.renewAt).toEqual({
    seconds: Date.parse('2030-01-01T00:00:00Z') / 1000,
    nanos: 250_000_000,
  });
  expect(Buffer.from(renewed.private ?? []).toString()).toBe('ann+');
  expect(readFileSync(file, 'utf8')).toBe('ann+');

  expect(await close('ann+')).toEqual({});
  expect(existsSync(file)).toBe(false);
});

test('is never renewed when it does not say when', async () => {
  expect((await open({ holder: 'ann' })).renewAt).toBeUndefined();
  await close('ann');
});

test('one that keeps nothing alive needs neither renewal nor closing', async () => {
  const opened = await provider.call(
    'OpenEphemeralResource',
    messages.OpenEphemeralResourceRequest,
    messages.OpenEphemeralResourceResponse,
    { typeName: 'box_note', config: { msgpack: encode({ text: null }) } },
  );
  expect(opened).toEqual({ result: { msgpack: Buffer.from(encode({ text: 'hello' })) } });
  expect(await renew('kept', 'box_note')).toEqual({ private: Buffer.from('kept') });
  expect(await close('', 'box_note')).toEqual({});
});

test('fails to open with a sentence under the attribute, and without a result', async () => {
  expect(await open({ holder: 'thief' })).toEqual({
    diagnostics: [
      {
        severity: 1,
        summary: 'Cannot open box_lease',
        detail: 'No key for a thief.\n\n(ERR_REFUSED)',
        attribute: { steps: [{ attributeName: 'holder' }] },
      },
    ],
  });
});

test('fails to close with a diagnostic', async () => {
  expect((await close('somebody')).diagnostics).toMatchObject([
    { severity: 1, summary: 'Cannot close box_lease' },
  ]);
});

test('validation runs without a client', async () => {
  const validate = (values: Record<string, unknown>) =>
    new InProcess(boxProvider).call(
      'ValidateEphemeralResourceConfig',
      messages.ValidateConfigRequest,
      messages.ValidateConfigResponse,
      config(values),
    );
  expect(await validate({ holder: 'ann' })).toEqual({});
  expect((await validate({ holder: '' })).diagnostics).toMatchObject([{ summary: 'Nobody' }]);
});

test('refuses an ephemeral resource that this provider does not have', async () => {
  expect((await close('', 'box_item')).diagnostics).toMatchObject([
    {
      detail: expect.stringContaining(
        'This version of the provider has no ephemeral resource "box_item"',
      ),
    },
  ]);
});
