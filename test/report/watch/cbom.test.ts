/** The inventory against the official schema, which the library of CycloneDX carries. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Ajv from 'ajv';
import { cbomOf } from '../../../lib/report/watch/cbom';
import { keySpecs } from '../../../lib/terms/kms';
import { type MaterialStatus, materialStatuses } from '../../../lib/terms/material';
import { dayMs, everyKindOfKey, liveResult, now, overviewAt } from './results';

const library = dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json'));
const schemaOf = (name: string) =>
  JSON.parse(readFileSync(join(library, 'res', 'schema', `${name}.SNAPSHOT.schema.json`), 'utf8'));

const ajv = new Ajv({ strict: false });
// They refer to each other by the names of their files, not by their own ids.
for (const name of ['spdx', 'jsf-0.82']) {
  ajv.addSchema(
    { ...schemaOf(name), $id: undefined },
    `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`,
  );
}
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
// Of values that we do not write.
for (const format of ['iri-reference', 'idn-email', 'email', 'date', 'uri', 'string']) {
  ajv.addFormat(format, true);
}
const validate = ajv.compile(schemaOf('bom-1.6'));

interface Component {
  readonly name: string;
  readonly 'bom-ref': string;
  readonly cryptoProperties: {
    readonly assetType: string;
    readonly relatedCryptoMaterialProperties?: Readonly<Record<string, unknown>>;
    readonly algorithmProperties?: Readonly<Record<string, unknown>>;
  };
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

function componentsOf(...findings: Parameters<typeof liveResult>[0][number][]): Component[] {
  const bom = JSON.parse(cbomOf(overviewAt(now, liveResult(findings)), '1.2.3'));
  expect([validate(bom), validate.errors]).toEqual([true, null]);
  return bom.components;
}

const [payments, , , , , planned] = everyKindOfKey();

test('names each key with its state, its expiry and its algorithm', () => {
  const [algorithm, key] = componentsOf({ ...payments });
  expect(algorithm).toMatchObject({
    type: 'cryptographic-asset',
    'bom-ref': 'algorithm:AES_256',
    cryptoProperties: {
      assetType: 'algorithm',
      algorithmProperties: {
        primitive: 'block-cipher',
        parameterSetIdentifier: '256',
        cryptoFunctions: ['encrypt', 'decrypt'],
      },
    },
  });
  expect(key).toMatchObject({
    type: 'cryptographic-asset',
    name: 'payments',
    cryptoProperties: {
      assetType: 'related-crypto-material',
      relatedCryptoMaterialProperties: {
        type: 'secret-key',
        id: '0d0466b0-e727-4d9c-b35d-f84bb474a37f',
        state: 'active',
        algorithmRef: 'algorithm:AES_256',
        activationDate: '2026-01-01T00:00:00Z',
        expirationDate: '2026-06-30T00:00:00Z',
        size: 256,
      },
    },
  });
  expect(key?.properties).toContainEqual({ name: 'byok:region', value: 'eu-de' });
  expect(key?.properties).toContainEqual({ name: 'byok:as_of', value: '2026-03-02T06:00:00Z' });
});

test('satisfies the schema whatever the names are, and leaves out what is not made yet', () => {
  const keys = everyKindOfKey();
  const components = componentsOf(...keys);
  expect(components).toHaveLength(keys.length - 1 + 1);
  const refs = components.map((component) => component['bom-ref']);
  expect(new Set(refs).size).toBe(refs.length);
  expect(componentsOf({ ...planned })).toEqual([]);
});

test.each(Object.keys(materialStatuses) as MaterialStatus[])('has a word for %s', (status) => {
  const [, key] = componentsOf({ material_status: status });
  const { state } = key?.cryptoProperties.relatedCryptoMaterialProperties ?? {};
  expect(typeof state).toBe(status === 'unknown' ? 'undefined' : 'string');
});

const kinds: readonly (readonly [string, string, number | undefined])[] = [
  ...Object.entries(keySpecs).map(
    ([spec, { family }]) =>
      [
        spec,
        family === 'symmetric' ? 'secret-key' : 'private-key',
        Number(/\d+/.exec(spec)?.[0]),
      ] as const,
  ),
  ['SM4', 'key', undefined],
];

test.each(kinds)('knows %s', (spec, type, size) => {
  const [algorithm, key] = componentsOf({ key_spec: spec });
  expect(algorithm?.name).toBe(spec);
  expect(key?.cryptoProperties.relatedCryptoMaterialProperties).toMatchObject({ type });
  expect(key?.cryptoProperties.relatedCryptoMaterialProperties?.size).toBe(size);
});

test('a key without a known spec refers to no algorithm', () => {
  expect(componentsOf({ key_spec: null })).toHaveLength(1);
});

test('of a key that nothing looked at, tells so', () => {
  const overview = overviewAt(new Date(now.getTime() + 3 * dayMs), liveResult([{}]));
  expect(cbomOf(overview, '1.2.3')).toContain('"value": "unknown"');
});

test('has the schema that fails where something is wrong', () => {
  const bom = JSON.parse(cbomOf(overviewAt(now, liveResult([{}])), '1.2.3'));
  bom.components[1].cryptoProperties.relatedCryptoMaterialProperties.state = 'fine';
  expect(validate(bom)).toBe(false);
});
