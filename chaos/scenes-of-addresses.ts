/** Scenes in which two addresses mean one key, or something moves from one address to another. */
import {
  declareBoth,
  drawExpiry,
  drawFaults,
  drawPolicy,
  expectDone,
  expectWhole,
  type Scene,
  setUp,
} from './scene-parts';

export const addressScenes = {
  'two keys of one alias': {
    weight: 4,
    async play(stage, terraform, act) {
      const { random } = stage;
      stage.declareKey('key', 'x');
      stage.declareMaterial('material', 'key', 'a', { attributes: drawPolicy(stage) });
      if (random.chance(0.4)) {
        await setUp(stage, terraform, act);
      }
      stage.declareKey(
        'key2',
        'x',
        random.chance(0.3) ? { attributes: { on_destroy: undefined } } : {},
      );
      if (random.chance(0.7)) {
        stage.declareMaterial('material2', 'key2', random.pick(['a', 'b']), {
          attributes: drawPolicy(stage),
        });
      }
      await act(
        'apply of two keys of one alias',
        () => terraform.apply(stage.configuration),
        drawFaults(random),
      );
      if (random.chance(0.5)) {
        const [key, material] = random.pick<[string, string]>([
          ['key', 'material'],
          ['key2', 'material2'],
        ]);
        stage.remove(key, material);
        await act(
          'apply without one of them',
          () => terraform.apply(stage.configuration),
          drawFaults(random),
        );
      }
      stage.change('key2', { attributes: { alias: stage.alias('y') } });
      await act(
        'apply with an alias of its own',
        () => terraform.apply(stage.configuration),
        drawFaults(random),
      );
    },
  },

  'an alias that another key takes': {
    weight: 3,
    async play(stage, terraform, act) {
      const { random } = stage;
      stage.declareKey('key', 'x');
      if (random.chance(0.5)) {
        stage.declareMaterial('material', 'key', 'a', { attributes: drawPolicy(stage) });
      }
      await setUp(stage, terraform, act);
      stage.change('key', { attributes: { alias: stage.alias('y') } });
      stage.declareKey('key2', 'x');
      if (random.chance(0.5)) {
        stage.declareMaterial('material2', 'key2', 'b', { attributes: drawPolicy(stage) });
      }
      await act(
        'apply of a new key with the alias that the old one leaves',
        () => terraform.apply(stage.configuration),
        drawFaults(random),
      );
      if (terraform.attributes('key2') === undefined) {
        // One after the other.
        const later = ['key2', 'material2'].flatMap((name) => stage.declared(name) ?? []);
        stage.remove('key2', 'material2');
        expectDone(
          stage,
          await act('apply of the old key', () => terraform.apply(stage.configuration)),
          'a change of alias',
        );
        stage.add(...later);
      }
    },
  },

  'a rename without moved': {
    weight: 5,
    async play(stage, terraform, act) {
      const { random } = stage;
      declareBoth(stage);
      await setUp(stage, terraform, act);
      const what = random.pick(['key', 'material', 'both']);
      const createBeforeDestroy = random.chance(0.2);
      const names = what === 'both' ? ['key', 'material'] : [what];
      for (const name of names) {
        stage.rename(name, `${name}2`);
        stage.change(`${name}2`, { createBeforeDestroy });
      }
      const renamed = await act(
        'apply of a rename without moved',
        () => terraform.apply(stage.configuration),
        drawFaults(random),
      );
      if (renamed.ok) {
        return;
      }
      if (random.chance(0.5)) {
        stage.moved = names.map((name) => ({ from: name, to: `${name}2` }));
        expectDone(
          stage,
          await act('apply with moved', () => terraform.apply(stage.configuration)),
          'a rename with moved',
        );
      } else {
        for (const name of names) {
          stage.rename(`${name}2`, name);
        }
        expectDone(
          stage,
          await act('apply of the old names', () => terraform.apply(stage.configuration)),
          'going back to the old names',
        );
      }
    },
  },

  'two materials of one key': {
    weight: 5,
    async play(stage, terraform, act) {
      const { random } = stage;
      const expiry = drawExpiry(stage);
      declareBoth(stage);
      stage.change('material', { attributes: expiry });
      await setUp(stage, terraform, act);
      stage.declareMaterial('material2', 'key', 'a', {
        attributes: { ...drawPolicy(stage), ...expiry },
      });
      await setUp(stage, terraform, act, 'apply of a second address');
      stage.remove(random.pick(['material', 'material2']));
      if (random.chance(0.2)) {
        stage.give('a', random.pick(['wrong', 'missing']));
      }
      await act(
        'apply without one of them',
        () => terraform.apply(stage.configuration),
        drawFaults(random),
      );
    },
  },

  'materials that change keys': {
    weight: 2,
    async play(stage, terraform, act) {
      const { random } = stage;
      declareBoth(stage);
      stage.declareKey('key2', 'y');
      const both = random.chance(0.6);
      if (both) {
        stage.declareMaterial('material2', 'key2', 'b', { attributes: drawPolicy(stage) });
      }
      await setUp(stage, terraform, act);
      const before = ['material', 'material2'].flatMap((name) => stage.declared(name) ?? []);
      // The names change places, and the bytes stay where they are; or the material goes into
      // another, empty key.
      stage.declareMaterial('material', 'key2', both ? 'b' : 'a', {
        attributes: drawPolicy(stage),
      });
      if (both) {
        stage.declareMaterial('material2', 'key', 'a', { attributes: drawPolicy(stage) });
      }
      const outcome = await act(
        'apply with keys changed',
        () => terraform.apply(stage.configuration),
        drawFaults(random),
      );
      expectWhole(stage, outcome, 'a change of keys');
      if (!outcome.planned) {
        stage.add(...before);
        expectDone(
          stage,
          await act('apply as before', () => terraform.apply(stage.configuration)),
          'going back to the old keys',
        );
      }
    },
  },
} as const satisfies Record<string, Scene>;
