/**
 * What a plan of `byok_key_material` can see of the material, which may well be absent, and what
 * the plan says about that.
 */
import type { Notice } from '../../lifecycle/context';
import { requireStrength } from '../../lifecycle/refusals';
import type { Material } from '../../material/material';
import type { Values } from '../../tfplugin/values/value';
import { isUnknown } from '../attributes';
import { switchesOf } from './config';
import { materialOf, missingOfPreWrapped, type Opening, sourceAttributeOf } from './source';

/** What a plan could see of the material. */
export interface AtHand {
  readonly fingerprint: string | undefined;
  readonly isPrivateKey: boolean;
  /** Why the material is not available; never an error while no import is due. */
  readonly missing: string | undefined;
  /** Content that can never be imported; an error once an import is due. */
  readonly unusable: unknown;
}

export const nothingAtHand: AtHand = {
  fingerprint: undefined,
  isPrivateKey: false,
  missing: undefined,
  unusable: undefined,
};

/**
 * Looks at the material and keeps only its fingerprint. Runs no command.
 *
 * @param keySpec undefined while the key is unknown
 * @param isFirst refuse weak material, before it is bound to a key
 * @param likelySpec of a key that is not known yet, for the words about material that no key takes
 */
export async function lookAtMaterial(
  config: Values,
  keySpec: string | undefined,
  isFirst: boolean,
  opening: Omit<Opening, 'mayRunCommands'>,
  likelySpec?: string,
): Promise<AtHand> {
  try {
    const found = await materialOf(config, {
      ...opening,
      mayRunCommands: { otherwise: 'is run in apply only' },
    });
    if ('missing' in found) {
      return { ...nothingAtHand, missing: found.missing };
    }
    const { material } = found;
    try {
      const { fingerprint, isPrivateKey } = material;
      return {
        ...nothingAtHand,
        fingerprint,
        isPrivateKey,
        unusable: faultOf(material, config, { keySpec, likelySpec }, isFirst),
      };
    } finally {
      material.wipe();
    }
  } catch (unusable) {
    return { ...nothingAtHand, unusable };
  }
}

interface Specs {
  readonly keySpec: string | undefined;
  readonly likelySpec: string | undefined;
}

function faultOf(material: Material, config: Values, specs: Specs, isFirst: boolean): unknown {
  try {
    checkFits(material, specs);
    if (isFirst) {
      requireStrength(switchesOf(config), material);
    }
    return undefined;
  } catch (fault) {
    return fault;
  }
}

function checkFits(material: Material, { keySpec, likelySpec }: Specs): void {
  try {
    material.checkFits(keySpec);
  } catch (fault) {
    if (keySpec === undefined && likelySpec !== undefined) {
      material.checkFits(likelySpec);
    }
    throw fault;
  }
}

/** Sources that no plan looks at, so their absence is not worth a word. */
const applyOnly: readonly string[] = ['material_command', 'wrap_command', 'import_token_wo'];

/** A plan works without the secret, and says so if apply will need it. */
export function sourceNotices(
  config: Values,
  atHand: AtHand,
  importDue: boolean,
): readonly Notice[] {
  const attribute = sourceAttributeOf(config);
  const half = attribute === 'import_token_wo' && importDue ? missingOfPreWrapped(config) : [];
  if (half.length > 0) {
    const detail =
      `At this moment ${half.join(' and ')} is not set. An import is planned: apply needs both ` +
      'halves of the wrapped material, and without them it does not change the key.';
    return [{ summary: 'Key material is not available', detail, attribute: half[0] }];
  }
  if (attribute !== undefined && (applyOnly.includes(attribute) || isUnknown(config, attribute))) {
    return [];
  }
  const consequence = importDue
    ? 'An import is planned: apply needs the material, and without it does not change the key.'
    : 'Nothing needs it now; the next import will.';
  if (atHand.missing !== undefined && (importDue || attribute !== undefined)) {
    return [
      {
        summary: 'Key material is not available',
        detail: `At this moment ${atHand.missing}. ${consequence}`,
        attribute,
      },
    ];
  }
  return atHand.unusable !== undefined && !importDue
    ? [
        {
          summary: 'The given key material cannot be used',
          detail: `${String((atHand.unusable as Error).message)}. ${consequence}`,
          attribute,
        },
      ]
    : [];
}
