/**
 * What Terraform keeps beside the state of `byok_key_material`: the proof of what the key holds, and what the reviewed plan
 * permits. Nothing in it is secret.
 */
import type { Proof, Step } from '../lifecycle/decide';
import type { PrivateState } from '../tfplugin/provider';
import { fingerprintFormat } from '../wrap/fingerprint';

export interface MaterialPrivateState {
  readonly proof: Proof | undefined;
  /** Steps that the plan showed; only in the private state of a plan. */
  readonly permitted: readonly Step[];
}

const version = 1;

export function encodePrivateState({ proof, permitted }: MaterialPrivateState): PrivateState {
  return Buffer.from(JSON.stringify({ version, proof, permitted }), 'utf8');
}

/** Anything that is not exactly what we write proves nothing. */
export function decodePrivateState(bytes: PrivateState): MaterialPrivateState {
  const parsed = parse(bytes);
  const proof = isRecord(parsed.proof) ? parsed.proof : {};
  const isProof =
    typeof proof.fingerprint === 'string' &&
    fingerprintFormat.test(proof.fingerprint) &&
    (proof.proof === 'imported' || proof.proof === 'public_key');
  const permitted = Array.isArray(parsed.permitted)
    ? parsed.permitted.filter((step): step is Step => step === 'delete' || step === 'import')
    : [];
  return { proof: isProof ? { fingerprint: String(proof.fingerprint), proof: proof.proof as Proof['proof'] } : undefined, permitted };
}

function parse(bytes: PrivateState): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return isRecord(value) && value.version === version ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
