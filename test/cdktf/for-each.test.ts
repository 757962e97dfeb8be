// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of Terraform
/** An `ImportedKey` for each element, and tags that are set after a key was declared. */
import { Aspects, TerraformIterator, TerraformOutput, TerraformStack } from 'cdktf';
import {
  ByokProvider,
  ExternalKey,
  ImportedKey,
  KeyMaterial,
  KeyMaterialEngine,
  KeyMaterialSource,
  RotatedKey,
} from 'cdktf-byok';
import { byokMatchers, readSynthesis } from 'cdktf-byok/testing';
import type { IConstruct } from 'constructs';
import { stackUnderTest, synthesized } from './stack-under-test';

expect.extend(byokMatchers);

const keyId = '0d0466b0-e727-4d9c-b35d-f84bb474a37f';
const pins = { orders: `sha256:${'1'.repeat(64)}`, cards: `sha256:${'2'.repeat(64)}` };
const source = KeyMaterialSource.fromEnvironment('PAYMENTS_KEY');

describe('forEach of an ImportedKey', () => {
  test('makes a key of each element, and gives it the material of the same', () => {
    const stack = stackUnderTest();
    const each = TerraformIterator.fromMap(pins);
    const keys = new ImportedKey(stack, 'keys', {
      forEach: each,
      alias: each.key,
      fingerprint: each.value,
      source: KeyMaterialSource.fromFile(`keys/${each.key}.key`),
    });
    const all = TerraformIterator.fromResources(keys.material);
    new TerraformOutput(stack, 'ids', { value: all.pluckProperty('key_id') });
    const { resource, output } = synthesized(stack);
    const [[name, key]] = Object.entries(resource.byok_external_key ?? {}) as [[string, unknown]];
    const [[materialName, material]] = Object.entries(resource.byok_key_material ?? {}) as [
      [string, unknown],
    ];
    expect(key).toEqual({ alias: '${each.key}', for_each: pins });
    expect(material).toEqual({
      for_each: pins,
      key_id: `\${byok_external_key.${name}[each.key].key_id}`,
      material_file: expect.stringMatching(/\/keys\/\$\{each\.key\}\.key$/),
      fingerprint: '${each.value}',
    });
    expect(JSON.stringify(output)).toContain(`byok_key_material.${materialName}`);
    const [found] = readSynthesis({ resource }).imports;
    expect(found?.key?.address).toBe(`byok_external_key.${name}`);
  });

  test('fills keys that are made by the same elements elsewhere', () => {
    const stack = stackUnderTest();
    const each = TerraformIterator.fromList(['orders', 'cards']);
    const key = new ExternalKey(stack, 'key', { forEach: each, alias: each.value });
    new ImportedKey(stack, 'keys', { forEach: each, key, source });
    const [material] = Object.values(synthesized(stack).resource.byok_key_material ?? {});
    expect(material).toMatchObject({
      key_id: '${byok_external_key.key[each.key].key_id}',
      for_each: '${toset(["orders", "cards"])}',
    });
  });

  test('goes with hooks', () => {
    const stack = stackUnderTest();
    const each = TerraformIterator.fromMap({ orders: keyId });
    new ImportedKey(stack, 'keys', {
      forEach: each,
      key: ExternalKey.fromKeyId(stack, 'key', each.value),
      source: KeyMaterialSource.fromFile(`keys/${each.key}.key`),
      onDestroy: 'delete_material',
      engine: KeyMaterialEngine.hooks(),
    });
    const hooks = Object.values(synthesized(stack).resource.null_resource ?? {});
    expect(hooks).toHaveLength(2);
    for (const hook of hooks) {
      expect(hook).toMatchObject({
        for_each: { orders: keyId },
        triggers: { key_id: '${each.value}' },
      });
    }
  });

  test('refuses one alias for all', () => {
    const stack = stackUnderTest();
    new ImportedKey(stack, 'keys', {
      forEach: TerraformIterator.fromMap(pins),
      alias: 'payments',
      source,
    });
    expect(() => synthesized(stack)).toThrow(
      'alias is "payments" for every element of forEach, and no two keys have the same',
    );
  });

  test.each(['keyId', 'fingerprint', 'expirationTime', 'materialStatus'] as const)(
    'has no %s that would be the one of all',
    (property) => {
      const each = TerraformIterator.fromMap(pins);
      const keys = new ImportedKey(stackUnderTest(), 'keys', {
        forEach: each,
        alias: each.key,
        source,
      });
      expect(() => keys[property]).toThrow(
        `${property} differs for each element of forEach; iterate over the material of all`,
      );
    },
  );
});

describe('tags by an aspect', () => {
  /** As such aspects are written for the resources of any provider. */
  const tagging = {
    visit(node: IConstruct): void {
      if ('tags' in node && 'tagsInput' in node) {
        const tagged = node as { tags: Record<string, string>; tagsInput?: Record<string, string> };
        tagged.tags = { ...tagged.tagsInput, owner: 'payments' };
      }
    },
  };

  test('reach every key, beside those that it declares', () => {
    const stack = stackUnderTest();
    new ImportedKey(stack, 'imported', { alias: 'imported', source });
    new ExternalKey(stack, 'external', { alias: 'external', tags: { team: 'a' } });
    new RotatedKey(stack, 'rotated', { alias: 'rotated', generations: [{ name: '1', source }] });
    new KeyMaterial(stack, 'material', { keyId });
    Aspects.of(stack).add(tagging);
    const { resource } = synthesized(stack);
    const tags = Object.values(resource.byok_external_key ?? {}).map((key) =>
      Object.values(key as object),
    );
    expect(tags.sort()).toEqual([
      ['external', { team: 'a', owner: 'payments' }],
      ['imported', { owner: 'payments' }],
      ['rotated', expect.anything(), { owner: 'payments' }],
    ]);
    expect(JSON.stringify(resource.byok_key_material)).not.toContain('owner');
  });

  test('are judged as those that are declared', () => {
    const stack = stackUnderTest();
    ByokProvider.of(stack);
    const key = new ExternalKey(stack, 'key', { alias: 'key' });
    key.tags = { '': 'x' };
    expect(() => synthesized(stack)).toThrow(/tags holds the name ""/);
    key.resetTags();
    expect(key.tagsInput).toBeUndefined();
    expect(synthesized(stack).resource.byok_external_key?.key).toEqual({ alias: 'key' });
  });

  test('may be referred to', () => {
    const stack = stackUnderTest();
    ByokProvider.of(stack);
    const key = new ExternalKey(stack, 'key', { alias: 'key', tags: { team: 'a' } });
    new TerraformOutput(stack, 'tags', { value: key.tags });
    expect(synthesized(stack).output.tags).toEqual({ value: '${byok_external_key.key.tags}' });
    expect(TerraformStack.of(key)).toBe(stack);
  });
});

test('an import block names the provider without an alias, which Terraform 1.16 does not find otherwise', () => {
  const stack = stackUnderTest();
  ByokProvider.of(stack);
  ExternalKey.generateConfigForImport(stack, 'key', keyId);
  KeyMaterial.generateConfigForImport(stack, 'material', keyId);
  expect(synthesized(stack).import).toEqual([
    { id: keyId, provider: 'byok', to: 'byok_external_key.key' },
    { id: keyId, provider: 'byok', to: 'byok_key_material.material' },
  ]);
});
