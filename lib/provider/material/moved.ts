/** `byok_key_material` takes over material that a resource of a vendor's provider had imported. */
import { keyMaterialSchema } from '../../schema/key-material';
import { never } from '../../terms/expiration-time';
import type { MovedResult, MoveRequest } from '../../tfplugin/provider';
import { acceptVendorState, vendorText } from '../vendor-state';
import { encodeMaterialMemory } from './memory';

/**
 * The same as after an import: nothing is proven of the material, and it is not ours. The import
 * token and the wrapped material are left behind.
 *
 * @throws ByokError as acceptVendorState
 */
export function movedMaterial(request: MoveRequest): MovedResult {
  const { keyId, moved } = acceptVendorState('material', request);
  const { state } = request;
  return {
    state: {
      ...emptyMaterialState(),
      id: keyId,
      key_id: keyId,
      key_state: vendorText(state, 'key_state') ?? null,
      // Epoch seconds, which are the same instant here.
      expiration_time: vendorText(state, 'expiration_time') ?? never,
    },
    private: encodeMaterialMemory({
      proof: undefined,
      ours: false,
      disabled: false,
      permitted: [],
      moved,
    }),
  };
}

export function emptyMaterialState(): Record<string, null> {
  return Object.fromEntries(
    [...Object.keys(keyMaterialSchema.attributes), ...Object.keys(keyMaterialSchema.blocks)].map(
      (name) => [name, null],
    ),
  );
}
