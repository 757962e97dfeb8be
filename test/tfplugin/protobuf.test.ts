import fc from 'fast-check';
import { Reader, Writer } from 'protobufjs';
import * as messages from '../../lib/tfplugin/grpc/messages';
import {
  bool,
  bytes,
  decode,
  encode,
  type Field,
  type Fields,
  integer,
  mapOf,
  message,
  optional,
  repeated,
  text,
} from '../../lib/tfplugin/grpc/protobuf';
import { decodeIndependently, encodeIndependently } from './fixtures/reflection';

const tables = Object.entries(messages).filter(
  (entry): entry is [string, Fields] => /^[A-Z]/.test(entry[0]) && typeof entry[1] === 'object',
);

const scalars = {
  string: fc.string({ unit: 'binary' }),
  bytes: fc.uint8Array(),
  bool: fc.boolean(),
  int32: fc.integer(),
  int64: fc.maxSafeInteger(),
} as const;

/** Any value of a message; nested messages end at some depth, since blocks contain blocks. */
function anyOf(fields: Fields, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const shape = Object.entries(fields).filter(([, { kind }]) => kind !== 'message' || depth < 4);
  return fc.record(
    Object.fromEntries(shape.map(([name, field]) => [name, anyField(field, depth)])),
    { requiredKeys: [] },
  );
}

function anyField(field: Field<unknown>, depth: number): fc.Arbitrary<unknown> {
  const one: fc.Arbitrary<unknown> =
    field.kind === 'message' ? anyOf(field.message?.() ?? {}, depth + 1) : scalars[field.kind];
  if (field.label === 'repeated') {
    return fc.array(one, { maxLength: 3 });
  }
  return field.label === 'map'
    ? fc.dictionary(fc.string({ minLength: 1 }), one, { maxKeys: 3, noNullPrototype: true })
    : one;
}

/**
 * What proto3 leaves on the wire: no zero values except where presence counts. Bytes become plain
 * arrays, to compare.
 */
function onTheWire(
  fields: Fields,
  value: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const content = value[name];
      const plain = content === undefined ? undefined : plainContent(field, content);
      const kept =
        plain !== undefined &&
        (field.kind === 'message' || field.label === 'optional' || !isZero(plain));
      const empty =
        field.label !== undefined &&
        field.label !== 'optional' &&
        Object.keys(Object(plain)).length === 0;
      return kept && !empty ? [[name, plain]] : [];
    }),
  );
}

function plainContent(field: Field<unknown>, content: unknown): unknown {
  const one = (item: unknown): unknown => {
    if (field.kind === 'message') {
      return onTheWire(field.message?.() ?? {}, item as Record<string, unknown>);
    }
    return item instanceof Uint8Array ? [...item] : item;
  };
  if (field.label === 'repeated') {
    return (content as unknown[]).map(one);
  }
  return field.label === 'map'
    ? Object.fromEntries(Object.entries(content as object).map(([key, item]) => [key, one(item)]))
    : one(content);
}

function isZero(value: unknown): boolean {
  return (
    value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0)
  );
}

describe.each(tables)('%s', (_name, fields) => {
  test('what we encode, protobufjs reads', () => {
    fc.assert(
      fc.property(anyOf(fields), (value) => {
        const seen = decodeIndependently(fields, encode(fields, value));
        expect(onTheWire(fields, seen)).toEqual(onTheWire(fields, value));
      }),
      { numRuns: 30 },
    );
  });

  test('what protobufjs encodes, we read', () => {
    fc.assert(
      fc.property(anyOf(fields), (value) => {
        const seen = decode(fields, encodeIndependently(fields, value));
        expect(onTheWire(fields, seen)).toEqual(onTheWire(fields, value));
      }),
      { numRuns: 30 },
    );
  });
});

test('absent fields read as their zero values, optional ones and messages as undefined', () => {
  const fields = {
    a: text(1),
    b: bytes(2),
    c: bool(3),
    d: integer(4),
    e: optional(bool(5)),
    f: mapOf(6, { a: text(1) }),
  } as const;
  expect(decode(fields, new Uint8Array())).toEqual({
    a: '',
    b: new Uint8Array(),
    c: false,
    d: 0,
    e: undefined,
    f: {},
  });
});

test('an optional field keeps the difference between zero and absent', () => {
  const fields = { given: optional(bool(1)), number: optional(integer(2)) } as const;
  expect(Buffer.from(encode(fields, { given: false, number: 0 })).toString('hex')).toBe('08001000');
  expect(decode(fields, Buffer.from('08001000', 'hex'))).toEqual({ given: false, number: 0 });
});

test('unknown fields of every wire type are skipped', () => {
  const writer = Writer.create();
  writer.uint32((90 << 3) | 0).uint64(7);
  writer.uint32((91 << 3) | 1).fixed64(7);
  writer.uint32((92 << 3) | 2).string('from a later minor version');
  writer.uint32((93 << 3) | 5).fixed32(7);
  writer.uint32((1 << 3) | 2).string('known');
  // Field 1 once more, with a wire type that it does not have.
  writer.uint32((1 << 3) | 0).uint32(5);
  expect(decode({ name: text(1) }, writer.finish())).toEqual({ name: 'known' });
});

test('a map takes any key, also the names that objects have of their own', () => {
  const fields = { map: mapOf(1, { a: text(1) }) } as const;
  const map = JSON.parse(
    '{"__proto__":{"a":"1"},"constructor":{"a":"2"},"toString":{"a":"3"}}',
  ) as Record<string, { a: string }>;
  expect(Object.entries(decode(fields, encode(fields, { map })).map)).toEqual(Object.entries(map));
});

test('of a field given twice the last one counts', () => {
  expect(decode({ name: text(1) }, Buffer.from('0a01610a0162', 'hex'))).toEqual({ name: 'b' });
});

test('fails on bytes that end within a field', () => {
  expect(() => decode({ name: text(1) }, Buffer.from('0a0561', 'hex'))).toThrow(RangeError);
  expect(() => decode(messages.ReadResourceRequest, Buffer.from('12050a', 'hex'))).toThrow(
    RangeError,
  );
});

/** What is in it says that it is longer than itself, and there are bytes behind it. */
test.each([
  ['a string', '1202' + '0a05' + '6161616161'],
  ['bytes', '1a02' + '0a05' + '6161616161'],
  ['a number', '1a01' + '10' + '01'],
  ['a nested message', '2204' + '1a06' + '0a04' + '61616161'],
  ['an unknown field', '1202' + 'fa0105' + '6161616161'],
  ['a value of a map', '2a05' + '0a0161' + '1202' + '0a0161'],
])('fails on a message in a message that %s runs out of', (_, encoded) => {
  const leaf = { name: text(1), size: integer(2), inner: message(3, { name: text(1) }) };
  const fields = {
    one: message(2, { name: text(1) }),
    other: message(3, { content: bytes(1), size: integer(2) }),
    items: repeated(4, leaf),
    map: mapOf(5, { name: text(1) }),
  };
  expect(() => decode(fields, Buffer.from(encoded, 'hex'))).toThrow(RangeError);
});

test('messages have the bytes that the protocol prescribes', () => {
  const diagnostic = {
    severity: 1,
    summary: 'S',
    detail: 'D',
    attribute: { steps: [{ attributeName: 'tags' }, { elementKeyString: 'k' }] },
  };
  expect(Buffer.from(encode(messages.Diagnostic, diagnostic)).toString('hex')).toBe(
    '0801120153' + '1a0144' + '220d' + '0a060a0474616773' + '0a0312016b',
  );
  expect(
    Buffer.from(encode(messages.DynamicValue, { msgpack: Buffer.from('c0', 'hex') })).toString(
      'hex',
    ),
  ).toBe('0a01c0');
  expect(
    Buffer.from(encode(messages.HealthCheckResponse, { status: messages.healthServing })).toString(
      'hex',
    ),
  ).toBe('0801');
  const path = { steps: [{ elementKeyInt: 0 }] };
  expect(Buffer.from(encode(messages.AttributePath, path)).toString('hex')).toBe('0a021800');
});

/** Copied by hand from the protocol's description, not from our tables. */
const fieldNumbers: Record<string, Record<string, [number, wireType: number]>> = {
  Attribute: {
    name: [1, 2],
    type: [2, 2],
    description: [3, 2],
    required: [4, 0],
    optional: [5, 0],
    computed: [6, 0],
    sensitive: [7, 0],
    descriptionKind: [8, 0],
    deprecated: [9, 0],
    writeOnly: [11, 0],
  },
  NestedBlock: { typeName: [1, 2], block: [2, 2], nesting: [3, 0] },
  Block: { attributes: [2, 2], blockTypes: [3, 2], description: [4, 2], descriptionKind: [5, 0] },
  Schema: { version: [1, 0], block: [2, 2] },
  ServerCapabilities: {
    planDestroy: [1, 0],
    getProviderSchemaOptional: [2, 0],
    moveResourceState: [3, 0],
  },
  ResourceIdentityData: { identityData: [1, 2] },
  ResourceIdentitySchema: { version: [1, 0], identityAttributes: [2, 2] },
  GetResourceIdentitySchemasResponse: { identitySchemas: [1, 2], diagnostics: [2, 2] },
  UpgradeResourceIdentityRequest: { typeName: [1, 2], version: [2, 0], rawIdentity: [3, 2] },
  UpgradeResourceIdentityResponse: { upgradedIdentity: [1, 2], diagnostics: [2, 2] },
  MoveResourceStateRequest: {
    sourceProviderAddress: [1, 2],
    sourceTypeName: [2, 2],
    sourceSchemaVersion: [3, 0],
    sourceState: [4, 2],
    targetTypeName: [5, 2],
    sourcePrivate: [6, 2],
  },
  MoveResourceStateResponse: {
    targetState: [1, 2],
    diagnostics: [2, 2],
    targetPrivate: [3, 2],
    targetIdentity: [4, 2],
  },
  ClientCapabilities: { deferralAllowed: [1, 0], writeOnlyAttributesAllowed: [2, 0] },
  GetMetadataResponse: {
    serverCapabilities: [1, 2],
    diagnostics: [2, 2],
    dataSources: [3, 2],
    resources: [4, 2],
    functions: [5, 2],
    ephemeralResources: [6, 2],
  },
  GetProviderSchemaResponse: {
    provider: [1, 2],
    resourceSchemas: [2, 2],
    dataSourceSchemas: [3, 2],
    diagnostics: [4, 2],
    serverCapabilities: [6, 2],
    functions: [7, 2],
    ephemeralResourceSchemas: [8, 2],
  },
  ValidateProviderConfigRequest: { config: [1, 2] },
  ValidateProviderConfigResponse: { diagnostics: [2, 2] },
  ConfigureProviderRequest: { terraformVersion: [1, 2], config: [2, 2] },
  ConfigureProviderResponse: { diagnostics: [1, 2] },
  ValidateResourceConfigRequest: { typeName: [1, 2], config: [2, 2], clientCapabilities: [3, 2] },
  ValidateResourceConfigResponse: { diagnostics: [1, 2] },
  UpgradeResourceStateRequest: { typeName: [1, 2], version: [2, 0], rawState: [3, 2] },
  UpgradeResourceStateResponse: { upgradedState: [1, 2], diagnostics: [2, 2] },
  ReadResourceRequest: {
    typeName: [1, 2],
    currentState: [2, 2],
    private: [3, 2],
    currentIdentity: [6, 2],
  },
  ReadResourceResponse: {
    newState: [1, 2],
    diagnostics: [2, 2],
    private: [3, 2],
    newIdentity: [5, 2],
  },
  PlanResourceChangeRequest: {
    typeName: [1, 2],
    priorState: [2, 2],
    proposedNewState: [3, 2],
    config: [4, 2],
    priorPrivate: [5, 2],
  },
  PlanResourceChangeResponse: {
    plannedState: [1, 2],
    requiresReplace: [2, 2],
    plannedPrivate: [3, 2],
    diagnostics: [4, 2],
    plannedIdentity: [7, 2],
  },
  ApplyResourceChangeRequest: {
    typeName: [1, 2],
    priorState: [2, 2],
    plannedState: [3, 2],
    config: [4, 2],
    plannedPrivate: [5, 2],
    plannedIdentity: [7, 2],
  },
  ApplyResourceChangeResponse: {
    newState: [1, 2],
    private: [2, 2],
    diagnostics: [3, 2],
    newIdentity: [5, 2],
  },
  ImportResourceStateRequest: { typeName: [1, 2], id: [2, 2], identity: [4, 2] },
  ImportResourceStateResponse: { importedResources: [1, 2], diagnostics: [2, 2] },
  StopProviderResponse: { error: [1, 2] },
  ValidateConfigRequest: { typeName: [1, 2], config: [2, 2] },
  ValidateConfigResponse: { diagnostics: [1, 2] },
  ReadDataSourceRequest: { typeName: [1, 2], config: [2, 2] },
  ReadDataSourceResponse: { state: [1, 2], diagnostics: [2, 2] },
  Timestamp: { seconds: [1, 0], nanos: [2, 0] },
  OpenEphemeralResourceRequest: { typeName: [1, 2], config: [2, 2] },
  OpenEphemeralResourceResponse: {
    diagnostics: [1, 2],
    renewAt: [2, 2],
    result: [3, 2],
    private: [4, 2],
  },
  RenewEphemeralResourceRequest: { typeName: [1, 2], private: [2, 2] },
  RenewEphemeralResourceResponse: { diagnostics: [1, 2], renewAt: [2, 2], private: [3, 2] },
  CloseEphemeralResourceRequest: { typeName: [1, 2], private: [2, 2] },
  CloseEphemeralResourceResponse: { diagnostics: [1, 2] },
  Parameter: {
    name: [1, 2],
    type: [2, 2],
    allowNullValue: [3, 0],
    allowUnknownValues: [4, 0],
    description: [5, 2],
    descriptionKind: [6, 0],
  },
  FunctionSignature: {
    parameters: [1, 2],
    variadicParameter: [2, 2],
    return: [3, 2],
    summary: [4, 2],
    description: [5, 2],
    descriptionKind: [6, 0],
  },
  FunctionReturn: { type: [1, 2] },
  GetFunctionsResponse: { functions: [1, 2], diagnostics: [2, 2] },
  FunctionError: { text: [1, 2], functionArgument: [2, 0] },
  CallFunctionRequest: { name: [1, 2], arguments: [2, 2] },
  CallFunctionResponse: { result: [1, 2], error: [2, 2] },
};

const sample = { string: 'x', bytes: Buffer.from('x'), bool: true, int32: 1, int64: 1 } as const;

test.each(Object.entries(fieldNumbers))(
  '%s has the field numbers and wire types of protocol 6.11',
  (name, expected) => {
    const fields = Object.fromEntries(tables)[name] ?? {};
    expect(Object.keys(fields).sort()).toEqual(Object.keys(expected).sort());
    for (const [field, [number, wireType]] of Object.entries(expected)) {
      const { kind, label } = fields[field] ?? text(0);
      const one: unknown = kind === 'message' ? {} : sample[kind];
      const head = Reader.create(
        encode(fields, {
          [field]: label === 'repeated' ? [one] : label === 'map' ? { k: one } : one,
        }),
      ).uint32();
      expect({ field, number: head >> 3, wireType: head & 7 }).toEqual({ field, number, wireType });
    }
  },
);
