import { decode, encode } from '@msgpack/msgpack';
import { CallFunctionRequest, CallFunctionResponse } from '../../lib/tfplugin/grpc/messages';
import { boxProvider } from './fixtures/box-provider';
import { InProcess } from './fixtures/in-process';

const provider = new InProcess(boxProvider);

async function call(name: string, ...args: unknown[]): Promise<unknown> {
  const { result, error } = await provider.call(
    'CallFunction',
    CallFunctionRequest,
    CallFunctionResponse,
    {
      name,
      arguments: args.map((argument) => ({ msgpack: encode(argument) })),
    },
  );
  expect(result === undefined).toBe(error !== undefined);
  return error ?? decode(result?.msgpack ?? []);
}

test('arguments and result are values by themselves', async () => {
  expect(await call('joined', ', ', 'a', 'b')).toBe('a, b');
  expect(await call('joined', null, 'a', 'b')).toBe('ab');
});

test('lists of objects go in, a map comes out', async () => {
  const items = [
    { name: 'a', size: '0.5', colours: ['red'] },
    { name: 'b', size: 4, colours: null },
  ];
  expect(await call('sizes', items)).toEqual({ a: '0.5', b: '4' });
  expect(await call('sizes', [])).toEqual({});
});

test.each<[string, unknown[], Record<string, unknown>]>([
  [
    'the one that is wrong',
    ['?', 'a'],
    { text: 'no questions (ERR_REFUSED)', functionArgument: 0 },
  ],
  [
    'the variadic one that is wrong',
    ['-', 'a', ''],
    { text: 'a word must not be empty (ERR_ARGUMENT)', functionArgument: 2 },
  ],
  [
    'none when all are fine by themselves',
    ['-'],
    { text: 'there is nothing to join (ERR_ARGUMENT)' },
  ],
  [
    'the one of another type',
    [5, 'a'],
    { text: 'separator must be a string (ERR_ARGUMENT)', functionArgument: 0 },
  ],
  [
    'the variadic one of another type',
    ['-', 'a', 5],
    { text: 'words[1] must be a string (ERR_ARGUMENT)', functionArgument: 2 },
  ],
])('an error names its argument: %s', async (_what, args, error) => {
  expect(await call('joined', ...args)).toEqual(error);
});

test('refuses an object with a field too many', async () => {
  expect(await call('sizes', [{ name: 'a', size: 1, colours: [], smell: 'fresh' }])).toEqual({
    text: 'items.0.smell is not in the schema of this provider version (ERR_ARGUMENT)',
    functionArgument: 0,
  });
});

test('refuses a function that this provider does not have', async () => {
  expect(await call('constructor')).toEqual({
    text: 'this version of the provider has no function "constructor" (ERR_ARGUMENT)',
  });
});

test('fails as a defect when the result does not fit its type', async () => {
  expect(await call('broken')).toEqual({
    text: expect.stringContaining('does not fit its schema: result is not a finite number'),
  });
});
