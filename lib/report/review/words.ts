/**
 * What a review says about a key, apart from any format: a line is our own words with values from
 * the plan between them, which each format makes fit for itself.
 */
import { effects, kindOf } from './effects';
import type { KeyReview, ReviewedEffect } from './key-review';
import { worstOf } from './review';

/** A name or value from the plan, or a sentence of the provider. */
export type Value = { readonly name: string } | { readonly sentence: string };

export type Line = readonly (string | Value)[];

export function rankOf(key: KeyReview): number {
  return kindOf(worstOf(key)).rank;
}

/** "material deleted, key scheduled for deletion". Lesser effects are left to the details. */
export function whatHappens({ effects: found }: KeyReview): string {
  const ranks = found.map(({ effect }) => effects[effect].rank);
  const worst = Math.min(...ranks);
  const told = found.filter(({ effect }) => effects[effect].rank <= Math.max(worst, 2));
  return [...new Set(told.map(({ effect }) => effects[effect].what))].join(', ');
}

export function isNew({ effects: found }: KeyReview): boolean {
  return found.some(({ effect }) => effect === 'key_created' || effect === 'key_replaced');
}

function isDeclaredOnly({ effects: found }: KeyReview): boolean {
  return found.some(({ effect }) => effect === 'declared');
}

/** When the key does not work; a dash if that is not known. */
export function outOfService(key: KeyReview): string {
  const scheduled = key.effects.find(({ effect }) => effect === 'key_scheduled');
  const gone = scheduled?.days == null ? '' : `; unreadable for ever after ${scheduled.days} days`;
  const has = (name: keyof typeof effects) => key.effects.some(({ effect }) => effect === name);
  if (has('refused')) {
    return 'no: nothing is applied';
  }
  if (has('material_deleted') || has('key_scheduled') || has('key_disabled')) {
    return `from apply on${gone}`;
  }
  if (has('key_replaced')) {
    return 'what the old key encrypted stays with the old key';
  }
  if (has('outage')) {
    return 'short outage at apply';
  }
  if (has('declared')) {
    return '–';
  }
  return has('reimport') ? 'is out now; ends at apply' : 'no';
}

/** As a table shows it; never to be compared with. */
export function shortFingerprint(fingerprint: string): string {
  return fingerprint.replace(/^(sha256:.{4}).*(.{4})$/s, '$1…$2');
}

export function pinNote(key: KeyReview): string {
  const { pin, fingerprint, fingerprint_before: before } = key;
  if (pin === null) {
    return '';
  }
  if (pin === 'none') {
    return 'not pinned';
  }
  if (isDeclaredOnly(key)) {
    return 'declared';
  }
  return fingerprint === null || before === null
    ? 'new'
    : fingerprint === before
      ? 'unchanged'
      : 'other material';
}

/** All that there is to say about one key, in paragraphs. */
export function detailsOf(key: KeyReview): readonly Line[] {
  return [
    ...key.effects.flatMap((effect) => reasonOf(effect)),
    ...key.effects.flatMap((effect) => consequencesOf(effect, key)),
    ...(key.found_changed
      ? [['Found so when the plan was made: it was not caused by this change.'] as Line]
      : []),
    ...usersOf(key),
    ...needsOf(key),
    ...pinOf(key),
    identityOf(key),
  ];
}

function reasonOf({ effect, reason }: ReviewedEffect): readonly Line[] {
  return reason === null ? [] : [[`${sentenceCase(effects[effect].what)}: `, { sentence: reason }]];
}

const forEver = 'the KMS binds a key to its first material for ever, and refuses any other';

const breaksAtOnce = 'What breaks: everything that this key encrypted, at once.';

/** The provider removes as it was applied, not as it is declared. */
const toKeep: Line = ['To keep it: set on_destroy = "retain", and apply that before the removal.'];

function consequencesOf({ effect, days }: ReviewedEffect, key: KeyReview): readonly Line[] {
  const material: Line =
    key.fingerprint === null
      ? ['the very same material']
      : ['material ', { name: key.fingerprint }];
  const scheduled = key.effects.some((other) => other.effect === 'key_scheduled');
  switch (effect) {
    case 'material_deleted':
      // The deletion of the key says both.
      return scheduled
        ? []
        : [[breaksAtOnce], ['Way back: import ', ...material, ` again; ${forEver}.`], toKeep];
    case 'key_scheduled': {
      const deleted = key.effects.some((other) => other.effect === 'material_deleted');
      const within = `${days ?? 7} days`;
      return [
        [`${breaksAtOnce} After ${within} the key is gone, and what it encrypted is lost.`],
        [
          `Way back, within ${within}: cancel the deletion and enable the key`,
          ...(deleted ? [', then import ', ...material, ` again; ${forEver}`] : []),
          '.',
        ],
        toKeep,
      ];
    }
    case 'key_replaced':
      return [
        ['What breaks: what the old key encrypted cannot be read with the new one.'],
        ['Way back: the old key, as long as it exists. Move the data before you remove it.'],
      ];
    case 'key_disabled':
      return [['Way back: enable the key again, in the code or in the console.']];
    case 'outage':
      return [
        [
          'Between the deletion and the import the key does not work. It holds the same material afterwards; if the import fails, the next apply repeats it.',
        ],
      ];
    case 'pin_removed':
      return [
        [
          'The code no longer says which material it is. This key still takes no other: ',
          forEver,
          '.',
        ],
      ];
    case 'first_import':
      return [[`The first material decides: ${forEver}.`]];
    default:
      return [];
  }
}

/** Users matter where the key stops or pauses. */
function usersOf(key: KeyReview): readonly Line[] {
  if (rankOf(key) > 2 || isNew(key)) {
    return [];
  }
  const attributesOf = new Map<string, string[]>();
  for (const { address, attribute } of key.used_by) {
    attributesOf.set(address, [...(attributesOf.get(address) ?? []), attribute]);
  }
  const users = [...attributesOf].flatMap(([address, attributes], at): Line => {
    const names = attributes.flatMap((name, index): Line => [index === 0 ? '' : ', ', { name }]);
    return [at === 0 ? '' : ', ', { name: address }, ' (', ...names, ')'];
  });
  const others = 'Who else uses it, this plan cannot tell.';
  return [users.length === 0 ? [others] : ['Used in this plan by ', ...users, `. ${others}`]];
}

const sourceWords = {
  material_env: 'the environment variable ',
  material_file: 'the file ',
  material_command: 'the command that gives the material',
  wrap_command: 'the command that wraps the material',
} as const;

function needsOf(key: KeyReview): readonly Line[] {
  const { effects: found, source } = key;
  const imports = found.some(({ effect }) => kindOf(effect).imports === true);
  if (source === null || !(imports || isDeclaredOnly(key))) {
    return [];
  }
  const named: Line = source.name === null ? [] : [{ name: source.name }];
  const need = imports ? 'To apply it you need ' : 'To import it you need ';
  return [[need, sourceWords[source.kind], ...named, '.']];
}

function pinOf(key: KeyReview): readonly Line[] {
  const { pin, fingerprint } = key;
  if (pin === 'none') {
    return [
      fingerprint === null
        ? ['Not pinned: this review does not say which material is imported.']
        : [
            'Not pinned. Known from the material or its last import: ',
            { name: fingerprint },
            '; the code does not hold it.',
          ],
    ];
  }
  return fingerprint === null
    ? []
    : [['Fingerprint, to compare with your record of it: ', { name: fingerprint }]];
}

function identityOf({ key_id, addresses, path }: KeyReview): Line {
  return [
    ...(key_id === null ? [] : ['Key ', { name: key_id }, ' · ']),
    ...addresses.flatMap((address, at): Line => [at === 0 ? '' : ' · ', { name: address }]),
    ...(path === null ? [] : [' · ', { name: path }]),
  ];
}

function sentenceCase(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
