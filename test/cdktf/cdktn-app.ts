/**
 * An app as a user of CDK Terrain writes it: never run, but held against the compiler, which tells
 * classes with private members apart.
 */
import {
  type ByokConnectionProps,
  ByokProvider,
  Expiration,
  ExternalKey,
  ImportedKey,
  KeyMaterial,
  KeyMaterialPolicy,
  KeyMaterialSource,
  RotatedKey,
} from 'cdktf-byok';
import {
  Aspects,
  TerraformCount,
  TerraformIterator,
  TerraformOutput,
  TerraformProvider,
  TerraformStack,
  TerraformVariable,
  Token,
} from 'cdktn';
import type { Construct } from 'constructs';

/** A provider of the user's own, as `cdktn get` makes one. */
class GeneratedProvider extends TerraformProvider {}

export class PaymentsStack extends TerraformStack {
  constructor(scope: Construct, id: string, connection: ByokConnectionProps) {
    super(scope, id);
    const provider = new ByokProvider(this, 'byok', { ...connection, alias: 'byok' });
    const secret = new TerraformVariable(this, 'secret', { type: 'string' });
    const imported = new ImportedKey(this, 'imported', {
      alias: 'payments',
      source: KeyMaterialSource.fromVariable(secret),
      expiration: Expiration.rolling({ validFor: '90d', renewBefore: '14d' }),
      provider,
    });
    const key = new ExternalKey(this, 'key', {
      alias: Token.asString({ resolve: () => 'later' }),
      keySpec: Token.asAny({ resolve: () => 'AES_256' }),
      provider: new GeneratedProvider(this, 'generated', { terraformResourceType: 'byok' }),
      count: TerraformCount.of(2),
      dependsOn: [imported.material, secret],
      lifecycle: { preventDestroy: true, replaceTriggeredBy: [imported.material] },
    });
    new KeyMaterial(this, 'material', {
      ...KeyMaterialSource.fromFile('k').bind(this),
      keyId: key.keyId,
      allowInterruption: secret.booleanValue,
      forEach: TerraformIterator.fromList(['a', 'b']),
    });
    new ImportedKey(this, 'adopted', {
      key: ExternalKey.fromKeyId(this, 'reference', secret.stringValue),
      source: KeyMaterialSource.fromEnvironment('K'),
    });
    const rotated = new RotatedKey(this, 'rotated', {
      alias: 'orders',
      generations: [{ name: '1', source: KeyMaterialSource.fromFile('k') }],
    });
    ExternalKey.generateConfigForImport(this, 'found', secret.stringValue, provider);
    KeyMaterial.generateConfigForImport(
      this,
      'found material',
      secret.stringValue,
      new GeneratedProvider(this, 'other', { terraformResourceType: 'byok' }),
    );
    new TerraformOutput(this, 'key_id', { value: rotated.keyId, dependsOn: [key] });
    Aspects.of(this).add(new KeyMaterialPolicy({ requirePin: true }));
  }
}
