/**
 * Scenes in which a process ends at the wrong moment, or several serve one KMS, or the wrong one;
 * and material that only passes through.
 */
import { call } from '../test/emulator/plain-http';
import { oddSuccesses } from './faults';
import {
  declareBoth,
  drawExpiry,
  drawFaults,
  drawPolicy,
  expectDone,
  type Scene,
  setUp,
} from './scene-parts';
import type { Stage } from './stage';

export const processScenes = {
  'Ctrl-C in a renewal': {
    weight: 4,
    async play(stage, terraform, act) {
      const { random } = stage;
      declareBoth(stage);
      stage.change('material', {
        attributes: {
          valid_for: undefined,
          renew_before: undefined,
          expiration_time: stage.inDays(30),
        },
      });
      await setUp(stage, terraform, act);
      stage.change('material', { attributes: { expiration_time: stage.inDays(90) } });
      const operation = random.pick([
        'delete-imported-key-material',
        'delete-imported-key-material',
        'get-parameters-for-import',
        undefined,
      ]);
      const name = random.chance(0.7) ? ('interrupted twice' as const) : ('interrupted' as const);
      const orders = [
        { name, operation, skip: random.below(operation === undefined ? 10 : 2), times: 1 },
      ];
      await act(
        'apply of a renewal, with Ctrl-C',
        () => terraform.apply(stage.configuration),
        orders,
      );
    },
  },

  'two provider blocks': {
    weight: 4,
    async play(stage, terraform, act) {
      const { random } = stage;
      declareBoth(stage);
      await setUp(stage, terraform, act);
      const what = random.pick(['material', 'material', 'material', 'key']);
      stage.rename(what, `${what}2`);
      stage.change(`${what}2`, { provider: 'two' });
      const outcome = await act(
        `apply of a ${what} that goes to another provider block`,
        () => terraform.apply(stage.configuration),
        drawFaults(random),
      );
      if (!outcome.ok) {
        stage.moved = [{ from: what, to: `${what}2` }];
      }
    },
  },

  'the wrong KMS': {
    weight: 2,
    async play(stage, terraform, act) {
      const { random, elsewhere, emulator } = stage;
      declareBoth(stage);
      const protectedByPolicy = random.chance(0.6);
      stage.change('material', {
        attributes: { on_destroy: protectedByPolicy ? 'refuse' : 'retain' },
      });
      await setUp(stage, terraform, act);
      const whole = random.chance(0.7);
      stage.provider = whole
        ? {
            kms_endpoint: elsewhere.url,
            project_id: elsewhere.projectId,
            auth_token: elsewhere.authToken,
          }
        : { project_id: '0123456789abcdef0123456789abcdef' };
      const before = terraform.objects();
      const outcome = await act('apply to the wrong KMS', () =>
        protectedByPolicy
          ? terraform.apply(stage.configuration)
          : terraform.plan(stage.configuration),
      );
      const said = outcome.messages.join(' ').replace(/[│╷╵\s]+/g, ' ');
      if (protectedByPolicy && (outcome.ok || terraform.objects().length < before.length)) {
        stage.violate(
          'material under on_destroy = "refuse" was forgotten, since its key was looked for in the wrong place',
        );
      }
      if (whole && !said.includes(new URL(elsewhere.url).host)) {
        stage.violate(
          `a key is not found, and nobody says where it was looked for: ${said.slice(0, 300)}`,
        );
      }
      stage.provider = {};
      stage.trace.push(`  (back to ${emulator.url})`);
      expectDone(
        stage,
        await act('apply to the right KMS', () => terraform.apply(stage.configuration)),
        'an apply to the right KMS',
      );
      stage.change('material', { attributes: { on_destroy: 'retain' } });
    },
  },

  'a success that is none': {
    weight: 4,
    async play(stage, terraform, act) {
      const { random } = stage;
      declareBoth(stage);
      const orders = (operations: [string, ...string[]]) => [
        {
          name: random.pick(oddSuccesses),
          operation: random.pick(operations),
          skip: 0,
          times: 1 + random.below(2),
        },
      ];
      const first = orders([
        'import-key-material',
        'import-key-material',
        'create-key',
        'get-parameters-for-import',
      ]);
      await act('apply with an odd success', () => terraform.apply(stage.configuration), first);
      const keyId = terraform.attributes('key')?.key_id;
      if (typeof keyId === 'string' && random.chance(0.4) && (await importOther(stage, keyId))) {
        stage.trace.push('  (somebody imported other bytes)');
        stage.change('material', {
          attributes: {
            expiration_time: stage.inDays(70),
            valid_for: undefined,
            renew_before: undefined,
          },
        });
        await act('apply of another expiry', () => terraform.apply(stage.configuration));
        stage.declareMaterial('material', 'key', 'b', {
          attributes: { allow_unverified_renewal: true },
        });
      } else {
        stage.change('material', { attributes: drawExpiry(stage) });
        await act(
          'apply of another expiry',
          () => terraform.apply(stage.configuration),
          orders(['delete-imported-key-material', 'import-key-material']),
        );
      }
      // What was adopted after all that is proven by nothing.
      stage.change('material', { attributes: { allow_unverified_renewal: true } });
      if (random.chance(0.5)) {
        const last = orders([
          'schedule-key-deletion',
          'schedule-key-deletion',
          'delete-imported-key-material',
        ]);
        await act(
          'destroy with an odd success',
          () => terraform.destroy(stage.configuration),
          last,
          [],
        );
        // A key that is scheduled keeps its alias.
        stage.change('key', { attributes: { alias: stage.alias('y') } });
        if (terraform.attributes('key') !== undefined) {
          await act('destroy', () => terraform.destroy(stage.configuration), [], []);
        }
      }
    },
  },

  'pre-wrapped material': {
    weight: 3,
    async play(stage, terraform, act) {
      const { random } = stage;
      stage.declareKey('key', 'x');
      await setUp(stage, terraform, act);
      const keyId = String(terraform.attributes('key')?.key_id);
      const declareWrapped = async (version: number) =>
        stage.declareMaterial('material', 'key', 'a', {
          attributes: {
            ...(await wrapOutside(stage, keyId)),
            ...drawPolicy(stage),
            ...drawExpiry(stage),
            material_wo_version: version,
            fingerprint: stage.materials.a.fingerprint,
          },
        });
      await declareWrapped(1);
      await act(
        'apply of pre-wrapped material',
        () => terraform.apply(stage.configuration),
        drawFaults(random),
      );
      if (random.chance(0.6)) {
        try {
          stage.emulator.deleteMaterial(keyId);
        } catch {
          stage.trace.push('  (there was nothing to delete)');
        }
      }
      await declareWrapped(2);
      await act(
        'apply with a new token',
        () => terraform.apply(stage.configuration),
        drawFaults(random),
      );
      // From here on the file serves, and what the key holds is accepted as it is.
      stage.declareMaterial('material', 'key', 'a', {
        attributes: { fingerprint: stage.materials.a.fingerprint, allow_unverified_renewal: true },
      });
    },
  },
} as const satisfies Record<string, Scene>;

/**
 * Other bytes than those declared, by somebody with the right to do so. @returns whether the KMS
 * took them
 */
async function importOther(stage: Stage, keyId: string): Promise<boolean> {
  const found = await call(stage.emulator, 'get-parameters-for-import', {
    key_id: keyId,
    wrapping_algorithm: 'RSAES_OAEP_SHA_256',
  });
  if (found.status !== 200) {
    return false;
  }
  const { import_token, public_key } = JSON.parse(found.text) as {
    import_token: string;
    public_key: string;
  };
  const fields = { key_id: keyId, import_token, ...stage.materials.b.wrap(public_key) };
  return (await call(stage.emulator, 'import-key-material', fields)).status === 200;
}

/** By hand, with a token of the KMS; of a key that takes none at the moment, nothing. */
async function wrapOutside(stage: Stage, keyId: string): Promise<Record<string, unknown>> {
  const wrapping_algorithm = 'RSAES_OAEP_SHA_256';
  const { status, text } = await call(stage.emulator, 'get-parameters-for-import', {
    key_id: keyId,
    wrapping_algorithm,
  });
  const { import_token = 'AAAA', public_key } =
    status === 200 ? (JSON.parse(text) as { import_token: string; public_key: string }) : {};
  const wrapped =
    public_key === undefined
      ? { encrypted_key_material: 'AAAA' }
      : stage.materials.a.wrap(public_key);
  return {
    import_token_wo: import_token,
    encrypted_key_material_wo: wrapped.encrypted_key_material,
    wrapping_algorithm,
  };
}
