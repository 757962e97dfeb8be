/**
 * Scenes in which an object comes in the place of another one, or in which the plan is not given
 * what is written.
 */
import {
  declareBoth,
  drawExpiry,
  drawFaults,
  expectDone,
  expectWhole,
  type Scene,
  setUp,
} from './scene-parts';
import type { ApplyOptions } from './terraform';

export const replacementScenes = {
  'a key replaced by one of its alias': {
    weight: 4,
    async play(stage, terraform, act) {
      const { random } = stage;
      declareBoth(stage);
      stage.change(random.pick(['key', 'material']), { createBeforeDestroy: random.chance(0.15) });
      await setUp(stage, terraform, act);
      const tainted = random.chance(0.4);
      if (tainted) {
        await terraform.taint('key');
      }
      const options: ApplyOptions = tainted ? {} : { replace: ['key'] };
      await act(
        `apply of a replacement (${tainted ? 'taint' : '-replace'})`,
        () => terraform.apply(stage.configuration, options),
        drawFaults(random),
      );
      if (tainted && random.chance(0.5)) {
        await act(
          'destroy of what is tainted',
          () => terraform.destroy(stage.configuration),
          [],
          [],
        );
        if (terraform.objects().length > 0) {
          expectDone(
            stage,
            await act(
              'destroy as the message says',
              () => terraform.destroy(stage.configuration, false),
              [],
              [],
            ),
            'a destroy after a refused replacement',
          );
        }
      }
      if (tainted) {
        // There is no way back but another alias.
        stage.change('key', { attributes: { alias: stage.alias('y') } });
      }
    },
  },

  'a key replaced by one of another alias': {
    weight: 1,
    async play(stage, terraform, act) {
      declareBoth(stage);
      await setUp(stage, terraform, act);
      stage.change('key', {
        attributes: { alias: stage.alias('y') },
        createBeforeDestroy: stage.random.chance(0.4),
      });
      const outcome = await act(
        'apply of a replacement',
        () => terraform.apply(stage.configuration, { replace: ['key'] }),
        drawFaults(stage.random),
      );
      if (
        !outcome.ok &&
        terraform.attributes('key') !== undefined &&
        terraform.attributes('material') === undefined
      ) {
        // Struck between the end of the one key and the next: the plan says what rescues it, and
        // that it is disabled then.
        stage.change('key', { attributes: { cancel_pending_deletion: true, enabled: true } });
      }
    },
  },

  'material replaced': {
    weight: 4,
    async play(stage, terraform, act) {
      const { random } = stage;
      declareBoth(stage);
      stage.change('material', { createBeforeDestroy: random.chance(0.3) });
      await setUp(stage, terraform, act);
      if (random.chance(0.6)) {
        stage.change('material', { attributes: drawExpiry(stage) });
      }
      const tainted = random.chance(0.3);
      if (tainted) {
        await terraform.taint('material');
      }
      const replace = tainted ? [] : ['material'];
      const outcome = await act(
        'apply of a replacement',
        () => terraform.apply(stage.configuration, { replace }),
        drawFaults(random),
      );
      if (stage.declared('material')?.createBeforeDestroy !== true) {
        // Else apply tells nothing of the old object, which stays as it is.
        expectWhole(stage, outcome, 'a replacement of material');
      }
      if (terraform.attributes('material') === undefined) {
        // Struck between destroy and create: what is there is adopted with the expiry that it has.
        stage.change('material', {
          attributes: { expiration_time: undefined, valid_for: undefined, renew_before: undefined },
        });
      }
      // A refusal at plan names a way out: here, to leave the expiry to a renewal.
      if (tainted && !outcome.ok && terraform.attributes('material') !== undefined) {
        await terraform.forget('material');
        await act('import', () =>
          terraform.import(
            'material',
            String(terraform.attributes('key')?.key_id),
            stage.configuration,
          ),
        );
        stage.change('material', { attributes: { allow_unverified_renewal: true } });
      }
    },
  },

  'a deposed object': {
    weight: 5,
    async play(stage, terraform, act) {
      const { random } = stage;
      declareBoth(stage);
      stage.change('material', { createBeforeDestroy: true });
      await setUp(stage, terraform, act);
      // The create of material that is there is nothing but a look at the key.
      const name = random.pick(['interrupted', 'interrupted', 'killed after the call'] as const);
      const orders = [{ name, operation: 'describe-key', skip: 1 + random.below(3), times: 1 }];
      await act(
        'apply of a replacement, struck',
        () => terraform.apply(stage.configuration, { replace: ['material'] }),
        orders,
      );
      if (random.chance(0.2)) {
        stage.give('a', random.pick(['wrong', 'missing']));
      }
      await act('apply after that', () => terraform.apply(stage.configuration), drawFaults(random));
    },
  },

  ignore_changes: {
    weight: 4,
    async play(stage, terraform, act) {
      const { random } = stage;
      const rolls = random.chance(0.4);
      const [first, second] = rolls ? ['60d', '90d'] : [stage.inDays(40), stage.inDays(80)];
      const name = rolls ? 'valid_for' : 'expiration_time';
      declareBoth(stage);
      stage.change('material', {
        attributes: {
          expiration_time: undefined,
          valid_for: undefined,
          renew_before: rolls ? '9d' : undefined,
          [name]: first,
        },
        ignoreChanges: [name],
      });
      await setUp(stage, terraform, act);
      stage.change('material', { attributes: { [name]: second } });
      const event = random.pick(['deleted outside', 'another attribute', 'nothing', 'expired']);
      const keyId = String(terraform.attributes('key')?.key_id);
      if (event === 'deleted outside') {
        stage.emulator.deleteMaterial(keyId);
      } else if (event === 'expired') {
        stage.emulator.expireNow(keyId);
      } else if (event === 'another attribute') {
        stage.change('material', {
          attributes: rolls ? { renew_before: '12d' } : { warn_before: '3d' },
        });
      }
      stage.trace.push(`  (${event})`);
      const outcome = await act(
        'apply with a change that is ignored',
        () => terraform.apply(stage.configuration),
        drawFaults(random),
      );
      expectDone(stage, outcome, 'an apply beside ignore_changes');
      // What expired meanwhile would stay so.
      stage.change('material', { ignoreChanges: [] });
    },
  },
} as const satisfies Record<string, Scene>;
