/**
 * A renewal against a model of the KMS: what goes wrong at which call, what the key holds
 * afterwards, and what is said about it.
 */

import type { Kms } from '../../lib/kms/model';
import type { LifecycleContext } from '../../lib/lifecycle/context';
import { fixed } from '../../lib/lifecycle/expiration-wish';
import type { MaterialOutcome, MaterialRequest } from '../../lib/lifecycle/material-request';
import { renewMaterial } from '../../lib/lifecycle/renew-material';
import type { Material } from '../../lib/material/material';
import { wording } from '../../lib/provider/wording';
import { stopped, TimeLimit } from '../../lib/stopped';
import { ModelKms, type Trouble } from './model-kms';

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const fingerprint = `sha256:${'1'.repeat(64)}`;
const from = new Date('2030-02-01T00:00:00Z');
const to = new Date('2030-06-01T00:00:00Z');

const material: Material = {
  fingerprint,
  isPrivateKey: false,
  checkFits: () => undefined,
  checkStrength: () => undefined,
  wrap: async () => ({ encryptedKeyMaterial: Buffer.from('ours') }),
  wipe: () => undefined,
};

const source = { material, wrappingAlgorithm: 'RSAES_OAEP_SHA_256' } as const;

const request: MaterialRequest = {
  keyId,
  wish: {
    expiration: fixed(to),
    warnBeforeMs: 0,
    pin: undefined,
    allowInterruption: true,
    allowUnverifiedRenewal: false,
    allowWeakMaterial: false,
  },
  reviewed: fingerprint,
  proof: { fingerprint, proof: 'imported' },
  sourceAttribute: 'material_file',
  source: { open: async () => material, wrappingAlgorithm: source.wrappingAlgorithm },
};

/** A key that holds the material until `from`. */
function modelWithMaterial(): ModelKms {
  return Object.assign(new ModelKms(), {
    state: '2',
    held: 'ours',
    bound: 'ours',
    expiration: from,
  } as const);
}

interface Options {
  readonly client?: Kms;
  readonly until?: Date;
  /** How far the clock of the KMS is ahead of ours. */
  readonly aheadMs?: number;
  readonly signal?: AbortSignal;
}

function renew(
  kms: ModelKms,
  {
    client = kms.client,
    until = to,
    aheadMs = 0,
    signal = new AbortController().signal,
  }: Options = {},
): Promise<MaterialOutcome> {
  const context: LifecycleContext = {
    kms: client,
    now: () => new Date(kms.now.getTime() - aheadMs),
    sleep: async (ms) => {
      kms.now = new Date(kms.now.getTime() + ms);
    },
    signal,
    words: wording,
    deadline: new Date(kms.now.getTime() + 300_000),
    log: () => undefined,
  };
  return renewMaterial(context, request, { source, from, to: until }, fingerprint);
}

/** Its client, and what is called on it while the key holds what. */
function recorded(kms: ModelKms) {
  const made: [name: string, held: string | undefined][] = [];
  const client = new Proxy(kms.client, {
    get: (target, name: keyof Kms) => {
      made.push([name, kms.held]);
      return target[name];
    },
  });
  return { client, made };
}

const calls = [
  'getParametersForImport',
  'importKeyMaterial',
  'deleteImportedKeyMaterial',
  'describeKey',
  'getParametersForImport',
  'importKeyMaterial',
  'describeKey',
] as const satisfies readonly (keyof Kms)[];

test('a renewal makes these calls, and the first two leave the key as it is', async () => {
  const kms = modelWithMaterial();
  const { client, made } = recorded(kms);
  await renew(kms, { client });
  expect(made.map(([name]) => name)).toEqual(calls);
  expect(made.map(([, held]) => held)).toEqual([
    ...['ours', 'ours', 'ours'],
    ...[undefined, undefined, undefined, 'ours'],
  ]);
});

interface End {
  readonly expiration: Date | undefined;
  /** Summaries of the notices, or a part of the error. */
  readonly said: readonly string[] | RegExp;
}

const outage = 'The key could not be used for a moment';

const ends = {
  renewed: { expiration: to, said: [outage] },
  'renewed, not seen': { expiration: to, said: ['The import was not confirmed', outage] },
  'nothing deleted': { expiration: from, said: /nothing was deleted/ },
  'not deleted': { expiration: from, said: /^delete-imported|^the connection broke/ },
  'still held': { expiration: from, said: /still holds its material, .*2030-02-01/ },
  'taken back': { expiration: from, said: /failed: .* has its material back, .*2030-02-01/ },
} satisfies Record<string, End>;

type Row = Partial<Record<Trouble, keyof typeof ends>>;

/** What one failure at each call leads to; a read that is only said does what it says. */
const table: Readonly<Record<`${number} ${(typeof calls)[number]}`, Row>> = {
  '0 getParametersForImport': {
    'lost before': 'nothing deleted',
    'lost after': 'renewed',
    refused: 'nothing deleted',
    unavailable: 'nothing deleted',
  },
  '1 importKeyMaterial': {
    'lost before': 'nothing deleted',
    'lost after': 'renewed',
    'only said': 'nothing deleted',
    refused: 'nothing deleted',
    unavailable: 'nothing deleted',
  },
  '2 deleteImportedKeyMaterial': {
    'lost before': 'not deleted',
    'lost after': 'renewed',
    'only said': 'still held',
    refused: 'not deleted',
    unavailable: 'not deleted',
  },
  '3 describeKey': {
    'lost before': 'renewed',
    refused: 'renewed',
    unavailable: 'renewed',
  },
  '4 getParametersForImport': {
    'lost before': 'renewed',
    'lost after': 'renewed',
    refused: 'taken back',
    unavailable: 'renewed',
  },
  '5 importKeyMaterial': {
    'lost before': 'renewed',
    'lost after': 'renewed',
    'only said': 'taken back',
    refused: 'taken back',
    unavailable: 'renewed',
  },
  '6 describeKey': {
    'lost before': 'renewed, not seen',
    refused: 'renewed, not seen',
    unavailable: 'renewed, not seen',
  },
};

async function expectEnd(kms: ModelKms, { expiration, said }: End): Promise<void> {
  const renewal = renew(kms);
  if (said instanceof RegExp) {
    await expect(renewal).rejects.toThrow(said);
  } else {
    const { notices, proof, importedAt } = await renewal;
    expect(notices.map(({ summary }) => summary)).toEqual(said);
    expect(proof).toEqual({ fingerprint, proof: 'imported' });
    expect(importedAt).toEqual(kms.now);
  }
  expect({ held: kms.held, expiration: kms.expiration }).toEqual({
    held: expiration === undefined ? undefined : 'ours',
    expiration,
  });
}

describe.each(Object.entries(table))('call %s', (call, row) => {
  test.each(Object.entries(row))('%s: %s', async (trouble, end) => {
    const kms = modelWithMaterial();
    kms.order([{ after: Number.parseInt(call, 10), trouble: trouble as Trouble }]);
    await expectEnd(kms, ends[end]);
  });
});

describe('if the way back fails, too, the error says what the key was seen to hold', () => {
  test.each([
    ['nothing, if that shows', [5, 6], /has no material at the moment: .*deleted/],
    ['what nobody can see', [5, 6, 7], /could not see whether the key holds any/],
  ] as const)('%s', async (_name, refusedCalls, said) => {
    const kms = modelWithMaterial();
    kms.order(refusedCalls.map((after) => ({ after, trouble: 'refused' })));
    await expectEnd(kms, { expiration: undefined, said });
  });
});

test('a KMS whose clock is ahead refuses the new expiry, and the material comes back with the old one', async () => {
  const kms = modelWithMaterial();
  kms.now = new Date('2030-01-25T00:00:00Z');
  const soon = new Date('2030-01-20T00:00:00Z');
  const renewal = renew(kms, { aheadMs: 15 * 86_400_000, until: soon });
  await expect(renewal).rejects.toThrow(/2030-01-20.* failed: .*KMS\.2602.* has its material back/);
  expect({ held: kms.held, expiration: kms.expiration }).toEqual({
    held: 'ours',
    expiration: from,
  });
});

test('material that the key is not bound to is not sent a second time with the old expiry', async () => {
  const kms = modelWithMaterial();
  kms.bound = 'other';
  const { client, made } = recorded(kms);
  await expect(renew(kms, { client })).rejects.toThrow(/no material at the moment.*KMS\.2606/);
  const sent = made.filter(([name, held]) => name === 'importKeyMaterial' && held === undefined);
  expect(sent.length).toBe(1);
});

describe('at the time limit', () => {
  /** The time is over while the first call of a name is under way. */
  function overDuring(kms: ModelKms, name: keyof Kms) {
    const overtime = new AbortController();
    const client = new Proxy(kms.client, {
      get: (target, called: keyof Kms) => {
        if (called === name) {
          overtime.abort(new TimeLimit('5s', 'timeouts.update', wording.retryInTime));
        }
        return target[called];
      },
    });
    return { client, signal: overtime.signal };
  }

  test('nothing is deleted any more', async () => {
    const kms = modelWithMaterial();
    // The import of noise, which is the last that happens before the delete.
    await expect(renew(kms, overDuring(kms, 'importKeyMaterial'))).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
      message: expect.stringContaining('5s (timeouts.update); nothing was deleted; apply again or'),
    });
    expect([kms.held, kms.expiration]).toEqual(['ours', from]);
  });

  test('what was deleted is imported all the same', async () => {
    const kms = modelWithMaterial();
    await renew(kms, overDuring(kms, 'deleteImportedKeyMaterial'));
    expect([kms.held, kms.expiration]).toEqual(['ours', to]);
  });
});

test('between two attempts at the delete it can be stopped, and what follows the delete cannot', async () => {
  const kms = modelWithMaterial();
  const stop = new AbortController();
  const signals = new Map<string, AbortSignal | undefined>();
  const client = new Proxy(kms.client, {
    get:
      (target, name: keyof Kms) =>
      (...args: unknown[]) => {
        signals.set(name, (args.at(-1) as { signal?: AbortSignal }).signal);
        return (target[name] as (...given: unknown[]) => unknown)(...args);
      },
  });
  await renew(kms, { client, signal: stop.signal });
  stop.abort();
  expect(signals.get('deleteImportedKeyMaterial')?.aborted).toBe(true);
  expect(signals.get('importKeyMaterial')?.aborted).toBe(false);
});

test.each([
  [undefined, 'ERR_INTERRUPTED', 'was interrupted; nothing was deleted'],
  [
    new TimeLimit('3s', '--timeout', 'raise it'),
    'ERR_TIMEOUT',
    'time limit of 3s (--timeout); nothing',
  ],
])(
  'a stop in a pause before the delete (%s) deletes nothing, and says so',
  async (reason, code, said) => {
    const kms = modelWithMaterial();
    const stop = new AbortController();
    const client = {
      ...kms.client,
      // As the client does in the pause after KMS.0xxx or 429.
      deleteImportedKeyMaterial: async (_: string, { signal }: { signal?: AbortSignal } = {}) => {
        stop.abort(reason);
        throw stopped(signal, 'delete-imported-key-material');
      },
    } as Kms;
    await expect(renew(kms, { client, signal: stop.signal })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said),
    });
    expect([kms.held, kms.expiration]).toEqual(['ours', from]);
  },
);
