/**
 * What Terraform keeps beside the state of `byok_key_material`: the proof of what the key holds,
 * and what the reviewed plan permits. Nothing in it is secret.
 */
import { ByokError, type ErrorCode } from '../../errors';
import { isRecord, type JsonRecord, tryParseRecord } from '../../json';
import type { Step } from '../../lifecycle/decision';
import { type Proof, toProof } from '../../lifecycle/proof';
import type { PrivateState } from '../../tfplugin/provider';
import type { Values } from '../../tfplugin/values/value';
import { type MovedFrom, toMovedFrom } from '../vendor-state';

/** What is known of the material from before, whatever is planned. */
export interface KnownMaterial {
  readonly proof: Proof | undefined;
  /**
   * Our first import: if no expiry is declared, that then means never, while adopted material keeps
   * its own.
   */
  readonly ours: boolean;
  /**
   * The key is disabled, or was before it lost its material, and must be disabled again after an
   * import.
   */
  readonly disabled: boolean;
}

export interface MaterialMemory extends KnownMaterial {
  /**
   * From Read, for the plan that follows: another object of this run deletes the material of the
   * key.
   */
  readonly emptied: boolean;
  /** Steps that the plan showed; only in the private state of a plan. */
  readonly permitted: readonly Step[];
  /**
   * Only in the private state of a plan, and for a destroy: keys that get material, or keep it;
   * "unknown" for one that only apply knows.
   */
  readonly successorFor: readonly string[];
  /**
   * Only in the private state of a plan: attributes that are declared although they could be
   * computed.
   */
  readonly declared: readonly string[];
  /**
   * Only in the private state of a plan that must not fail although it is refused: apply fails
   * instead.
   */
  readonly refused: ByokError | undefined;
  /** Until Read has found the key: the material was moved here from another provider. */
  readonly moved: MovedFrom | undefined;
}

const version = 1;

/** @param ours undefined in the plan of a creation, which does not know it yet */
export function encodeMaterialMemory({
  proof,
  ours,
  disabled,
  emptied = false,
  permitted,
  successorFor,
  declared,
  refused,
  moved,
}: Omit<MaterialMemory, 'ours' | 'emptied' | 'successorFor' | 'declared' | 'refused' | 'moved'> & {
  readonly ours: boolean | undefined;
  readonly emptied?: boolean | undefined;
  readonly successorFor?: readonly string[] | undefined;
  readonly declared?: readonly string[];
  readonly refused?: ByokError | undefined;
  readonly moved?: MovedFrom | undefined;
}): PrivateState {
  const why =
    refused === undefined
      ? undefined
      : { code: refused.code, message: refused.message, attribute: refused.attribute };
  const kept = {
    version,
    proof,
    ours,
    disabled,
    emptied: emptied ? true : undefined,
    permitted,
    successorFor,
    declared,
    refused: why,
    moved,
  };
  return Buffer.from(JSON.stringify(kept), 'utf8');
}

/**
 * Anything that is not exactly what we write proves nothing. But Terraform loses private state if a
 * provider dies or a destroy fails, and keeps `fingerprint_verified`, which is true only if there
 * was a proof. So we find the proof again there, and `imported_at` says that we imported.
 *
 * @param state as Terraform has it, before anything in it is computed again; null if there is none
 */
export function decodeMaterialMemory(bytes: PrivateState, state: Values | null): MaterialMemory {
  const parsed = parse(bytes);
  const permitted = Array.isArray(parsed.permitted)
    ? parsed.permitted.filter((step): step is Step => step === 'delete' || step === 'import')
    : [];
  return {
    proof: toProof(parsed.proof) ?? proofInState(state),
    ours: typeof parsed.ours === 'boolean' ? parsed.ours : typeof state?.imported_at === 'string',
    disabled: parsed.disabled === true,
    emptied: parsed.emptied === true,
    permitted,
    successorFor: textsOf(parsed.successorFor),
    declared: textsOf(parsed.declared),
    refused: toRefusal(parsed.refused),
    moved: toMovedFrom(parsed.moved),
  };
}

function toRefusal(value: unknown): ByokError | undefined {
  if (!isRecord(value) || typeof value.message !== 'string' || typeof value.code !== 'string') {
    return undefined;
  }
  const { code, message, attribute } = value;
  return new ByokError(code as ErrorCode, message, {
    attribute: typeof attribute === 'string' ? attribute : undefined,
  });
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((element) => typeof element === 'string') : [];
}

/** The proof that the attributes of a state show. */
export function proofInState(state: JsonRecord | null): Proof | undefined {
  const { fingerprint, fingerprint_verified: verified } = state ?? {};
  return verified === true ? toProof({ fingerprint, proof: 'imported' }) : undefined;
}

function parse(bytes: PrivateState): JsonRecord {
  const found = tryParseRecord(Buffer.from(bytes).toString('utf8'));
  return found?.version === version ? found : {};
}
