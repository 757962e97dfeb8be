/**
 * Which reads are answered from a list and which are described, told without a network: the calls
 * are counted, the clock stands still.
 */
import { DescribeBatcher } from '../../lib/kms/describe-batcher';
import { KmsError } from '../../lib/kms/kms-error';
import type { CallOptions, KeyDetail, Tags } from '../../lib/kms/model';

function detail(keyId: string, fields: Partial<KeyDetail> = {}): KeyDetail {
  return {
    keyId,
    keyAlias: keyId,
    keyDescription: '',
    keySpec: 'AES_256',
    keyUsage: 'ENCRYPT_DECRYPT',
    keyState: '2',
    origin: 'external',
    creationDate: new Date(0),
    scheduledDeletionDate: undefined,
    expirationTime: undefined,
    defaultKeyFlag: '0',
    ...fields,
  };
}

function refusal(status: number): KmsError {
  return new KmsError({
    operation: 'list-keys',
    status,
    apiCode: undefined,
    apiMessage: 'no',
    requestId: undefined,
  });
}

const names = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `key-${from + index}`);

/**
 * A KMS whose answers wait until they are let go, a clock, and a moment that ends when the test
 * says so.
 */
function stage(keys: readonly KeyDetail[] = names(40).map((name) => detail(name))) {
  const calls: string[] = [];
  const waiting: (() => void)[] = [];
  const world = {
    ...{
      keys,
      listed: keys,
      listFailure: undefined as Error | undefined,
      changed: false,
      uptimeMs: 0,
    },
    tags: new Map<string, Tags>(keys.map(({ keyId }) => [keyId, { name: keyId }])),
    listedTags: undefined as ReadonlyMap<string, Tags> | undefined,
  };
  const answered = <T>(call: string, { signal }: CallOptions, answer: () => T): Promise<T> => {
    calls.push(call);
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new Error(`${call} was cut off`)));
      waiting.push(() => {
        try {
          resolve(answer());
        } catch (error) {
          reject(error);
        }
      });
    });
  };
  const decisions: (() => void)[] = [];
  const kms = {
    get changed() {
      return world.changed;
    },
    describeKey: (keyId: string, options: CallOptions = {}) =>
      answered(`describe ${keyId}`, options, () => world.keys.find((key) => key.keyId === keyId)),
    listKeys: (options: CallOptions = {}) =>
      answered('list', options, () => {
        if (world.listFailure !== undefined) {
          throw world.listFailure;
        }
        return [...world.listed];
      }),
    getTags: (keyId: string, options: CallOptions = {}) =>
      answered(`tags ${keyId}`, options, () => world.tags.get(keyId) ?? {}),
    listTags: (options: CallOptions = {}) =>
      answered('all tags', options, () => {
        if (world.listFailure !== undefined) {
          throw world.listFailure;
        }
        return new Map(world.listedTags ?? world.tags);
      }),
  };
  const reads = new DescribeBatcher({
    kms,
    uptimeMs: () => world.uptimeMs,
    gather: (decide) => decisions.push(decide),
  });
  /** Lets everything that is on its way arrive, over and over, until nothing is. */
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) {
      for (const go of [...decisions.splice(0), ...waiting.splice(0)]) {
        go();
      }
      await new Promise(setImmediate);
    }
  };
  const decide = async () => {
    for (const go of decisions.splice(0)) {
      go();
    }
    await new Promise(setImmediate);
  };
  const ask = async (keyIds: readonly string[]) => {
    const answers = Promise.all(keyIds.map((keyId) => reads.refreshKey(keyId)));
    await settle();
    return answers;
  };
  const askTags = async (
    keyIds: readonly string[],
    known = (keyId: string): Tags => ({ name: keyId }),
  ) => {
    const answers = Promise.all(keyIds.map((keyId) => reads.refreshTags(keyId, known(keyId))));
    await settle();
    return answers;
  };
  return { world, reads, calls, ask, askTags, settle, decide };
}

test('eight reads that come together are one list, and so are the reads after them', async () => {
  const { ask, calls } = stage();
  expect((await ask(names(8))).map((key) => key?.keyId)).toEqual(names(8));
  expect((await ask(names(30, 8))).map((key) => key?.keyId)).toEqual(names(30, 8));
  expect(calls).toEqual(['list']);
});

test('fewer are described one by one', async () => {
  const { ask, calls } = stage();
  expect((await ask(names(7))).map((key) => key?.keyId)).toEqual(names(7));
  expect(calls).toEqual(names(7).map((name) => `describe ${name}`));
});

test('reads that come one after the other are described until they are many', async () => {
  const { ask, calls } = stage();
  for (const name of names(40)) {
    await ask([name]);
  }
  expect(calls).toEqual([...names(7).map((name) => `describe ${name}`), 'list']);
});

test('reads that come while a list is on its way wait for it', async () => {
  const { reads, calls, settle, decide } = stage();
  const first = names(8).map((name) => reads.refreshKey(name));
  await decide();
  const late = reads.refreshKey('key-20');
  await decide();
  expect(calls).toEqual(['list']);
  await settle();
  expect((await Promise.all([...first, late])).map((key) => key?.keyId)).toEqual([
    ...names(8),
    'key-20',
  ]);
  expect(calls).toEqual(['list']);
});

test('two reads of one key at the same time share one describe, later ones do not', async () => {
  const { ask, calls } = stage();
  const [one, other] = await ask(['key-1', 'key-1']);
  expect(one).toBe(other);
  await ask(['key-1']);
  expect(calls).toEqual(['describe key-1', 'describe key-1']);
});

test('a key that the list lacks is described: the list may be filtered, or the key gone', async () => {
  const { world, ask, calls } = stage();
  world.listed = world.keys.slice(1);
  expect((await ask([...names(8), 'gone'])).map((key) => key?.keyId)).toEqual([
    ...names(8),
    undefined,
  ]);
  expect(calls).toEqual(['list', 'describe key-0', 'describe gone']);
});

test('a key that the list shows in part is described', async () => {
  const { world, ask, calls } = stage();
  world.listed = world.keys.map((key) =>
    key.keyId === 'key-3' ? detail('key-3', { keyUsage: undefined, partial: true }) : key,
  );
  expect((await ask(names(8)))[3]).toEqual(detail('key-3'));
  expect(calls).toEqual(['list', 'describe key-3']);
});

test('states that nobody documented come through as they are', async () => {
  const { ask } = stage(names(8).map((name) => detail(name, { keyState: '9' })));
  expect((await ask(names(8))).map((key) => key?.keyState)).toEqual(Array(8).fill('9'));
});

test('a list that is refused is not asked for again', async () => {
  const { world, ask, calls } = stage();
  world.listFailure = refusal(403);
  expect((await ask(names(8))).map((key) => key?.keyId)).toEqual(names(8));
  world.uptimeMs += 3_600_000;
  await ask(names(8, 8));
  expect(calls.filter((call) => call === 'list')).toHaveLength(1);
  expect(calls.filter((call) => call.startsWith('describe'))).toHaveLength(16);
});

test('a list that failed otherwise is tried again later', async () => {
  const { world, ask, calls } = stage();
  world.listFailure = refusal(503);
  expect(await ask(names(8))).toHaveLength(8);
  await ask(names(8, 8));
  expect(calls.filter((call) => call === 'list')).toHaveLength(1);
  world.listFailure = undefined;
  world.uptimeMs += 30_000;
  await ask(names(8, 16));
  expect(calls.filter((call) => call === 'list')).toHaveLength(2);
  expect(calls).not.toContain('describe key-16');
});

test('a list grows old', async () => {
  const { world, ask, calls } = stage();
  await ask(names(8));
  world.uptimeMs = 29_999;
  await ask(['key-9']);
  expect(calls).toEqual(['list']);
  world.uptimeMs = 30_000;
  await ask(['key-9']);
  expect(calls).toEqual(['list', 'describe key-9']);
});

test('what this process changes is described from then on, also when a list was on its way', async () => {
  const { world, reads, calls, ask, settle, decide } = stage();
  const before = names(8).map((name) => reads.refreshKey(name));
  await decide();
  world.changed = true;
  world.keys = world.keys.map((key) => ({ ...key, keyState: '5' }));
  await settle();
  expect((await Promise.all(before)).map((key) => key?.keyState)).toEqual(Array(8).fill('5'));
  expect((await ask(names(12))).map((key) => key?.keyState)).toEqual(Array(12).fill('5'));
  expect(calls.filter((call) => call === 'list')).toHaveLength(1);
  expect(calls.filter((call) => call.startsWith('describe'))).toHaveLength(20);
});

test('lists of every key are shared with the reads, and made anew after a change', async () => {
  const { world, reads, calls, ask, settle } = stage();
  const lists = [reads.refreshKeys(), reads.refreshKeys()];
  await settle();
  expect((await Promise.all(lists)).map((keys) => keys.length)).toEqual([40, 40]);
  await ask(['key-1']);
  expect(calls).toEqual(['list']);
  world.changed = true;
  const after = [reads.refreshKeys(), reads.refreshKeys()];
  await settle();
  await Promise.all(after);
  expect(calls).toEqual(['list', 'list', 'list']);
});

test('refuses a list of every key as the KMS does', async () => {
  const { world, reads, settle } = stage();
  world.listFailure = refusal(403);
  const failure = expect(reads.refreshKeys()).rejects.toMatchObject({ status: 403 });
  await settle();
  await failure;
});

test('an interrupted read ends at once, and the others get their answer', async () => {
  const { reads, calls, settle, decide } = stage();
  const stop = new AbortController();
  const cut = expect(reads.refreshKey('key-0', { signal: stop.signal })).rejects.toMatchObject({
    code: 'ERR_INTERRUPTED',
  });
  const others = names(8, 1).map((name) => reads.refreshKey(name));
  await decide();
  stop.abort();
  await cut;
  await settle();
  expect((await Promise.all(others)).map((key) => key?.keyId)).toEqual(names(8, 1));
  expect(calls).toEqual(['list']);
});

test('a call that nobody waits for any more is cut off, and the next read makes its own', async () => {
  const { reads, calls, ask, decide } = stage();
  const stop = new AbortController();
  const cut = names(8).map((name) =>
    expect(reads.refreshKey(name, { signal: stop.signal })).rejects.toMatchObject({
      code: 'ERR_INTERRUPTED',
    }),
  );
  await decide();
  stop.abort();
  await Promise.all(cut);
  expect((await ask(names(8))).map((key) => key?.keyId)).toEqual(names(8));
  expect(calls).toEqual(['list', 'list']);
});

describe('tags', () => {
  const own = (keyIds: readonly string[]) => keyIds.map((keyId) => ({ name: keyId }));

  test('of many keys are one list, and those of few are their own calls', async () => {
    const { askTags, calls } = stage();
    expect(await askTags(names(7))).toEqual(own(names(7)));
    expect(calls.splice(0)).toEqual(names(7).map((name) => `tags ${name}`));
    expect(await askTags(names(30))).toEqual(own(names(30)));
    expect(calls).toEqual(['all tags']);
  });

  test('have a list of their own beside that of the keys', async () => {
    const { ask, askTags, calls } = stage();
    await ask(names(10));
    await askTags(names(10));
    await ask(names(40));
    await askTags(names(40));
    expect(calls).toEqual(['list', 'all tags']);
  });

  test('that differ from those known are asked of the key itself, which has the last word', async () => {
    const { world, askTags, calls } = stage();
    world.tags.set('key-2', { name: 'key-2', team: 'cards' });
    world.listedTags = new Map([
      ...world.tags,
      ['key-3', { name: 'key-3', _sys: 'x' }],
      ['key-4', {}],
    ]);
    expect((await askTags(names(9))).slice(1, 5)).toEqual([
      { name: 'key-1' },
      { name: 'key-2', team: 'cards' },
      { name: 'key-3' },
      { name: 'key-4' },
    ]);
    expect(calls).toEqual(['all tags', 'tags key-2', 'tags key-3', 'tags key-4']);
  });

  test('that only the names of objects have in common are different', async () => {
    const { world, askTags, calls } = stage();
    world.listedTags = new Map(world.tags).set('key-0', {
      constructor: 'Object',
    } as unknown as Tags);
    world.tags.set('key-0', Object.fromEntries([['__proto__', '1']]));
    const known = (keyId: string) =>
      keyId === 'key-0' ? Object.fromEntries([['__proto__', '1']]) : { name: keyId };
    expect(Object.entries((await askTags(names(8), known))[0] ?? {})).toEqual([['__proto__', '1']]);
    expect(calls).toEqual(['all tags', 'tags key-0']);
  });

  test('of a key that the list lacks are asked of the key', async () => {
    const { world, askTags, calls } = stage();
    world.listedTags = new Map([...world.tags].slice(1));
    expect(await askTags(names(8))).toEqual(own(names(8)));
    expect(calls).toEqual(['all tags', 'tags key-0']);
  });

  test.each([400, 403, 404, 405])(
    'are asked of every key where the list is refused with %d, and no list is tried again',
    async (status) => {
      const { world, ask, askTags, calls } = stage();
      world.listFailure = refusal(status);
      expect(await askTags(names(8))).toEqual(own(names(8)));
      world.uptimeMs += 3_600_000;
      await askTags(names(12));
      expect(calls.filter((call) => call === 'all tags')).toHaveLength(1);
      expect(calls.filter((call) => call.startsWith('tags '))).toHaveLength(20);
      world.listFailure = undefined;
      await ask(names(8));
      expect(calls).toContain('list');
    },
  );

  test('of keys that this process may have changed are asked of the keys', async () => {
    const { world, askTags, calls } = stage();
    await askTags(names(8));
    world.changed = true;
    world.tags.set('key-1', { team: 'cards' });
    expect((await askTags(names(8)))[1]).toEqual({ team: 'cards' });
    expect(calls.filter((call) => call === 'all tags')).toHaveLength(1);
  });
});
