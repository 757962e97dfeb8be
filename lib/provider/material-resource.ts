/** `byok_key_material`: translates between Terraform and the lifecycle of imported material. */
import { ByokError } from '../errors';
import { keyLost, type Proof } from '../lifecycle/decide';
import { isAbsent, observeMaterial } from '../lifecycle/material-status';
import { createMaterial, type MaterialOutcome, type MaterialRequest, reconcileMaterial } from '../lifecycle/reconcile-material';
import { refuseRemoval, removeMaterial } from '../lifecycle/remove-material';
import { formatInstant, parseExpirationTime, sameExpiration } from '../schema/expiration-time';
import { keyMaterialSchema, materialSourceAttributes } from '../schema/key-material';
import { formats } from '../schema/kms';
import type { Context, PlanResult, ResourceDefinition, StateResult } from '../tfplugin/provider';
import { unknown, type Values } from '../tfplugin/value';
import { fingerprintFormat } from '../wrap/fingerprint';
import { wrappingAlgorithms } from '../wrap/wrapping';
import { complete, flag, isUnknown, text } from './attributes';
import { type Client, isConnected, lifecycleContext, requireConnection, warnNotConnected } from './client';
import { describeForImport } from './import-state';
import {
  destroyPolicyOf,
  expirationOf,
  expirationText,
  isVerified,
  materialOf,
  sourceAttributeOf,
  wishOf,
  wrappingAlgorithmOf,
} from './material-config';
import { lookAtMaterial, type MaterialPlan, planCreate, planUpdate } from './material-plan';
import { decodePrivateState, encodePrivateState } from './private-state';
import { refuse, warn } from './refuse';
import { check, checkForm, report, validateAgainstSchema } from './validate';

const noPrivateState = new Uint8Array();
const notPlanned = 'The material cannot be planned as declared';

export const keyMaterialResource: ResourceDefinition<Client> = {
  schema: keyMaterialSchema,

  validate({ config, writeOnlyAttributesAllowed }, context) {
    validateAgainstSchema(keyMaterialSchema, config, context);
    check(context, () =>
      checkForm('key_id', text(config, 'key_id'), formats.keyId, 'a key id of 36 lower-case letters, digits and hyphens'),
    );
    check(context, () => parseExpirationTime(text(config, 'expiration_time') ?? 'never'));
    check(context, () =>
      checkForm(
        'fingerprint',
        text(config, 'fingerprint'),
        fingerprintFormat.source,
        '"sha256:" and 64 hex digits, as `byok fingerprint` prints',
      ),
    );
    checkSources(config, writeOnlyAttributesAllowed, context);
    const warning = wrappingAlgorithms[wrappingAlgorithmOf(config)]?.warning;
    if (warning !== undefined) {
      context.diagnostics.warning('Legacy wrapping algorithm', `${warning}.`, 'wrapping_algorithm');
    }
  },

  async read({ state, private: privateState }, client, context) {
    if (!isConnected(client)) {
      warnNotConnected(context);
      return { state, private: privateState };
    }
    const key = await client.kms.describeKey(text(state, 'key_id') ?? '', { signal: context.signal });
    const { proof } = decodePrivateState(privateState);
    const observation = observeMaterial(key, expirationOf(state), client.now());
    const moved = isAbsent(observation.status) || !sameExpiration(observation.expiration, expirationOf(state));
    return {
      private: encodePrivateState({ proof, permitted: [] }),
      state: {
        ...state,
        key_state: observation.keyState ?? text(state, 'key_state') ?? null,
        key_spec: observation.keySpec ?? text(state, 'key_spec') ?? null,
        material_status: observation.status,
        expiration_time: expirationText(state.expiration_time, observation.expiration),
        fingerprint_verified: isVerified(proof, state.fingerprint),
        // Null, so that the plan shows the reason even when it reads like the last one.
        import_reason: moved ? null : (state.import_reason ?? null),
      },
    };
  },

  async plan({ prior, proposed, config, priorPrivate }, client, context) {
    if (proposed === null || config === null) {
      return planDestroy(prior ?? {}, context);
    }
    const { proof } = decodePrivateState(priorPrivate);
    const atHand = await lookAtMaterial(config, prior === null ? undefined : text(prior, 'key_spec'), proof, client.env);
    if (prior === null) {
      return finishPlan(planCreate(proposed, config, atHand, client.now()), undefined, [], context);
    }
    const lost = text(prior, 'material_status') === 'key_not_found';
    const otherKey = isUnknown(config, 'key_id') || config.key_id !== prior.key_id;
    if (otherKey || lost) {
      planDestroy(prior, context);
      warn(context, lost ? [keyLost] : []);
      const replacement = planCreate(proposed, config, atHand, client.now());
      return finishPlan(replacement, undefined, [otherKey ? 'key_id' : 'material_status'], context);
    }
    return finishPlan(planUpdate(prior, proposed, config, proof, atHand, client.now()), proof, [], context);
  },

  async apply({ prior, planned, config, plannedPrivate }, unconnected, context) {
    const client = requireConnection(unconnected);
    if (planned === null || config === null) {
      const state = prior ?? {};
      warn(
        context,
        await removeMaterial(lifecycleContext(client, context, 'delete', state), text(state, 'key_id') ?? '', destroyPolicyOf(state)),
      );
      return { state: null, private: noPrivateState };
    }
    const { proof, permitted } = decodePrivateState(plannedPrivate);
    const request = requestOf(prior, planned, config, client, proof, permitted);
    const outcome =
      prior === null
        ? await createMaterial(lifecycleContext(client, context, 'create', planned), request)
        : await reconcileMaterial(lifecycleContext(client, context, 'update', planned), request);
    return finishApply(prior, planned, outcome, context);
  },

  async importState({ id }, client, context) {
    const key = await describeForImport(requireConnection(client), id, context);
    const empty = [...Object.keys(keyMaterialSchema.attributes), ...Object.keys(keyMaterialSchema.blocks)].map((name) => [name, null]);
    return {
      state: { ...Object.fromEntries(empty), id: key.keyId, key_id: key.keyId },
      private: encodePrivateState({ proof: undefined, permitted: [] }),
    };
  },
};

function checkSources(config: Values, writeOnlyAttributesAllowed: boolean, context: Context): void {
  const given = materialSourceAttributes.filter((name) => config[name] !== null);
  if (given.length > 1) {
    report(
      context,
      new ByokError('ERR_ARGUMENT', `${given.join(' and ')} are both set; give one source of the material at most`, {
        attribute: given[1],
      }),
    );
  }
  if (given.includes('material_wo') && !writeOnlyAttributesAllowed) {
    report(
      context,
      new ByokError(
        'ERR_ARGUMENT',
        'material_wo is set, but this Terraform does not know write-only attributes and would store it; use Terraform 1.11 or OpenTofu 1.11, or material_file',
        {
          attribute: 'material_wo',
        },
      ),
    );
  }
  if (config.material_wo_version !== null && !given.includes('material_wo')) {
    report(
      context,
      new ByokError('ERR_ARGUMENT', 'material_wo_version is set without material_wo; set both or neither', {
        attribute: 'material_wo_version',
      }),
    );
  }
}

function finishPlan(plan: MaterialPlan, proof: Proof | undefined, requiresReplace: readonly string[], context: Context): PlanResult {
  for (const refusal of plan.refusals) {
    refuse(context, notPlanned, refusal);
  }
  warn(context, plan.notices);
  const planned = { ...plan.planned, material_wo: null };
  return { planned, requiresReplace, private: encodePrivateState({ proof, permitted: plan.permitted }) };
}

/** Also called for the destroy leg of a replacement, which has no plan call of its own. */
function planDestroy(prior: Values, context: Context): PlanResult {
  const keyId = text(prior, 'key_id') ?? '';
  const policy = destroyPolicyOf(prior);
  const holds = ['present', 'key_disabled', 'expired_not_purged'].includes(text(prior, 'material_status') ?? '');
  if (policy === 'refuse') {
    context.diagnostics.thrown('The material is protected', refuseRemoval(keyId));
  } else if (policy === 'delete_material' && holds) {
    context.diagnostics.warning(
      'The key material will be deleted',
      `Key ${keyId} stops encrypting and decrypting at once, and for every service that uses it: pending_days of the key is no grace period here. Only importing the very same material brings it back.`,
    );
  }
  return { planned: null, requiresReplace: [], private: noPrivateState };
}

function requestOf(
  prior: Values | null,
  planned: Values,
  config: Values,
  client: Client,
  proof: Proof | undefined,
  permitted: MaterialRequest['permitted'],
): MaterialRequest {
  return {
    keyId: text(planned, 'key_id') ?? '',
    wish: wishOf(config, proof),
    wrappingAlgorithm: wrappingAlgorithmOf(planned),
    allowWeakMaterial: flag(planned, 'allow_weak_material') ?? false,
    permitted,
    reviewed: text(planned, 'fingerprint'),
    lastKnown: prior === null ? undefined : expirationOf(prior),
    proof,
    sourceAttribute: sourceAttributeOf(config),
    material: async () => {
      const found = await materialOf(config, client.env);
      if ('missing' in found) {
        throw new ByokError('ERR_MATERIAL_NOT_AT_HAND', `an import is due, but ${found.missing}; nothing was changed`, {
          attribute: found.attribute,
        });
      }
      return found.material;
    },
  };
}

function finishApply(prior: Values | null, planned: Values, outcome: MaterialOutcome, context: Context): StateResult {
  const { observation, proof, importedAt, notices } = outcome;
  warn(context, notices);
  const fingerprint = planned.fingerprint === unknown ? (proof?.fingerprint ?? null) : (planned.fingerprint ?? null);
  const state = complete(planned, {
    id: planned.key_id ?? null,
    key_state: observation.keyState ?? null,
    key_spec: observation.keySpec ?? null,
    material_status: observation.status,
    expiration_time: expirationText(prior?.expiration_time, observation.expiration),
    fingerprint,
    fingerprint_verified: isVerified(proof, fingerprint),
    imported_at: importedAt === undefined ? (prior?.imported_at ?? null) : formatInstant(importedAt),
  });
  return { state, private: encodePrivateState({ proof, permitted: [] }) };
}
