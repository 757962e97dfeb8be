/** What the constructs declare, judged at synthesis. What only Terraform will know passes. */
import {
  type Declared,
  faultsOf as faultsOfDeclared,
  type RuleName,
} from '../lifecycle/declaration';
import { plainSpelling, type Setting, type Spelling } from '../terms/setting';
import { isLiteral } from './config-attributes';

/** Of a `KeyMaterial`: its properties are the attributes of the resource. */
export const materialSpelling = spelling({
  material: 'materialWo',
  importToken: 'importTokenWo',
  encryptedKeyMaterial: 'encryptedKeyMaterialWo',
  encryptedPrivatekey: 'encryptedPrivatekeyWo',
  materialPasswordValue: 'materialPasswordWo',
  materialVersion: 'materialWoVersion',
});

/** Of an `ExternalKey`. */
export const keySpelling = spelling({ keyOnDestroy: 'onDestroy' });

/** Of an `ImportedKey`, which is both. */
export const importedKeySpelling: Spelling = {
  ...spelling({
    keyId: 'key',
    materialEncoding: 'the encoding of the source',
    materialPasswordEnv: 'the password of the source',
    materialPasswordValue: 'the password of the source',
    expirationTime: 'expiration',
    validFor: 'expiration',
  }),
  never: 'Expiration.never()',
};

function spelling(names: Partial<Record<Setting, string>>): Spelling {
  const name = (setting: Setting) => names[setting] ?? setting;
  return { ...plainSpelling, name, rolling: 'Expiration.rolling in constructs' };
}

/** The properties of these settings. */
export function declaredIn(
  config: object,
  settings: readonly Setting[],
  { name }: Spelling,
): Declared {
  const properties = config as Readonly<Record<string, unknown>>;
  return Object.fromEntries(settings.map((setting) => [setting, properties[name(setting)]]));
}

/** One message for each fault. @param rules the only ones to ask @default all */
export function faultsOf(
  declared: Declared,
  words: Spelling,
  rules?: readonly RuleName[],
): string[] {
  return faultsOfDeclared(declared, { words, isKnown: isLiteral }, rules).map(
    ({ message }) => message,
  );
}
