/**
 * What must hold after every command of an encounter, whoever declares what under which address.
 */
import type { Played } from './command';
import type { DeclaredObject } from './configuration';
import type { Seen, Stage } from './stage';
import type { StateObject, Terraform } from './terraform';

/** The KMS and the state at one moment. */
export interface Moment {
  readonly keys: ReadonlyMap<string, Seen>;
  readonly objects: readonly StateObject[];
}

export interface Event extends Played {
  readonly before: Moment;
  readonly after: Moment;
  /** Declared while the command ran; nothing for a destroy. */
  readonly declared: readonly DeclaredObject[];
}

const working = ['2', '3'];
const changing =
  /^(create-key|import-key-material|delete-|schedule-|cancel-|enable-|disable-|update-|.*-tags?$)/;

export async function look(stage: Stage, terraform: Terraform): Promise<Moment> {
  const objects = terraform.objects();
  for (const keyId of objects.map(keyIdOf)) {
    if (keyId !== undefined && !stage.boundTo.has(keyId)) {
      stage.boundTo.set(keyId, undefined);
    }
  }
  return { keys: await stage.look(), objects };
}

export function checkEvent(stage: Stage, terraform: Terraform, event: Event): void {
  for (const complaint of terraform.complaints()) {
    stage.violate(complaint);
  }
  checkPlanOnly(stage, event);
  checkMaterialStays(stage, event);
  checkKeysStay(stage, event);
  if (Object.keys(stage.provider).length > 0) {
    // What is in state now is of another KMS.
    return;
  }
  checkTruth(stage, event);
  checkUnique(stage, event);
  checkProof(stage, event);
  checkExpiry(stage, event);
  checkGone(stage, event);
}

export function keyIdOf({ attributes }: StateObject): string | undefined {
  return typeof attributes.key_id === 'string' ? attributes.key_id : undefined;
}

/** Objects of a kind that are not deposed. */
function current({ objects }: Moment, type: StateObject['type']): StateObject[] {
  return objects.filter((object) => object.type === type && !object.deposed);
}

function inKeyOf({ objects }: Moment, keyId: string, type: StateObject['type']): StateObject[] {
  return objects.filter((object) => object.type === type && keyIdOf(object) === keyId);
}

function checkPlanOnly(stage: Stage, { result, calls }: Event): void {
  const changes = calls.filter(({ operation }) => changing.test(operation));
  if (!(result.planned && result.recorded) && changes.length > 0) {
    stage.violate(
      `a plan changed something: ${changes.map(({ operation }) => operation).join(', ')}`,
    );
  }
}

/**
 * What a state says of material that is there is so; what it says is proven is so whatever
 * happened.
 */
function checkTruth(stage: Stage, { result, after }: Event): void {
  for (const object of current(after, 'material')) {
    const {
      material_status: status,
      fingerprint,
      fingerprint_verified: verified,
    } = object.attributes;
    const keyId = keyIdOf(object) ?? '';
    const seen = after.keys.get(keyId);
    const bound = stage.boundTo.get(keyId);
    const holds = bound === undefined ? undefined : stage.materials[bound].fingerprint;
    if (
      result.ok &&
      result.recorded &&
      status === 'present' &&
      !working.includes(seen?.state ?? '')
    ) {
      stage.violate(
        `${object.name} says that its material is present, and key ${keyId} is in state ${seen?.state ?? 'unknown'}`,
      );
    }
    if (
      (verified === true || (result.ok && result.recorded)) &&
      typeof fingerprint === 'string' &&
      (holds ?? fingerprint) !== fingerprint
    ) {
      stage.violate(
        `${object.name} names ${fingerprint} (verified: ${String(verified)}), and key ${keyId} holds ${holds}`,
      );
    }
  }
}

/**
 * Material goes by a destroy that policy and plan announce and that nobody else needs, or in a
 * renewal that something struck.
 */
function checkMaterialStays(stage: Stage, event: Event): void {
  const { before, after, result, calls, hits, declared } = event;
  for (const [keyId, seen] of before.keys) {
    const held = inKeyOf(before, keyId, 'material');
    const others = [
      ...held.filter((object) => !isLeaving(event, object)),
      ...current(after, 'material').filter(
        (one) => keyIdOf(one) === keyId && !result.actions.includes(`${one.name}: delete`),
      ),
    ];
    const announced = held.some(
      (object) => isLeaving(event, object) && object.attributes.on_destroy === 'delete_material',
    );
    const renewable = declared.some(
      (object) =>
        object.type === 'material' &&
        !('import_token_wo' in object.attributes) &&
        stage.atHand[stage.materialOf(object)] === 'right',
    );
    const deleted = calls.some(
      ({ operation, keyId: of, status }) =>
        operation === 'delete-imported-key-material' && of === keyId && status === 200,
    );
    const allowed = announced && others.length === 0;
    if (deleted && !allowed && !renewable) {
      stage.violate(`the material of key ${keyId} was deleted with no way back at hand`);
    }
    const gone = working.includes(seen.state) && after.keys.get(keyId)?.state === '5';
    // A renewal ends what it began also after Ctrl-C; the import of one address after the destroy
    // of another is not begun any more.
    const struck = hits.some(
      (hit) => (hit !== 'interrupted' && hit !== 'interrupted twice') || announced,
    );
    if (gone && !allowed && (result.ok || !struck)) {
      stage.violate(
        `key ${keyId} was left without its material (${[...hits, ...result.actions].join(', ')})`,
      );
    }
  }
}

/** Whether the plan of this command takes an object away from its key. */
function isLeaving({ result, after }: Event, object: StateObject): boolean {
  const { name, deposed } = object;
  const next = after.objects.find((other) => other.name === name && !other.deposed);
  const replaced =
    result.actions.includes(`${name}: replace`) &&
    next !== undefined &&
    keyIdOf(next) !== keyIdOf(object);
  return result.actions.includes(`${name}${deposed ? ' (deposed)' : ''}: delete`) || replaced;
}

/** No key is scheduled that somebody declares, be it by the alias that its successor wants. */
function checkKeysStay(stage: Stage, { before, after, result, declared }: Event): void {
  const ends = ({ name, deposed }: StateObject) =>
    (deposed ? [`${name} (deposed): delete`] : [`${name}: delete`, `${name}: replace`]).some(
      (action) => result.actions.includes(action),
    );
  for (const [keyId, seen] of before.keys) {
    if (seen.state === '4' || after.keys.get(keyId)?.state !== '4') {
      continue;
    }
    const leaving = inKeyOf(before, keyId, 'key').filter(ends);
    // A process that is struck after the call leaves in the state what the plan ends.
    const staying = inKeyOf(after, keyId, 'key').filter(
      (object) =>
        !object.deposed &&
        declared.some(({ name }) => name === object.name) &&
        (result.ok || !leaving.some(({ name }) => name === object.name)),
    );
    const wanted = declared.filter(
      ({ type, attributes }) => type === 'key' && attributes.alias === seen.alias,
    );
    if (leaving.length === 0 || staying.length > 0 || wanted.length > 0) {
      const who = [
        ...staying.map(({ name }) => name),
        ...wanted.map(({ name }) => `${name}, which wants its alias`),
      ];
      stage.violate(
        `key ${keyId} was scheduled for deletion; it is declared by ${who.join(' and ') || 'nobody, and its end was not planned'}`,
      );
    }
  }
}

function checkUnique(stage: Stage, { before, after }: Event): void {
  const keys = current(after, 'key');
  const earlier = current(before, 'key').map(keyIdOf);
  for (const [index, key] of keys.entries()) {
    const keyId = keyIdOf(key);
    const twin = keys.slice(index + 1).find((other) => keyIdOf(other) === keyId);
    if (twin !== undefined && earlier.filter((one) => one === keyId).length < 2) {
      stage.violate(`${key.name} and ${twin.name} are both key ${keyId ?? ''}`);
    }
  }
}

/** What was proven stays proven, unless its process was struck while it was handed on. */
function checkProof(stage: Stage, event: Event): void {
  const { before, after, result, hits } = event;
  const across = event.declared.some(({ provider }) => provider === 'two');
  const createdFirst = (name: string) =>
    event.declared.some((one) => one.name === name && one.createBeforeDestroy);
  for (const object of current(before, 'material').filter(
    ({ attributes }) => attributes.fingerprint_verified === true,
  )) {
    const keyId = keyIdOf(object) ?? '';
    const now = current(after, 'material').find(({ name }) => name === object.name);
    const wanted = event.declared.some(({ name }) => name === object.name);
    if (now === undefined && wanted && !result.ok && hits.length === 0) {
      stage.owed.add(keyId);
    }
    const anew = [`${object.name}: replace`, `${object.name}: create`].some((action) =>
      result.actions.includes(action),
    );
    // Terraform hands nothing from an old object to one that is created before it goes, nor does
    // one process to another.
    const excused = anew && (hits.length > 0 || across || createdFirst(object.name));
    if (
      now !== undefined &&
      keyIdOf(now) === keyId &&
      now.attributes.fingerprint_verified !== true &&
      !excused
    ) {
      stage.violate(`what was proven of key ${keyId} is not proven any more under ${object.name}`);
    }
  }
  for (const object of result.ok && result.recorded ? current(after, 'material') : []) {
    const keyId = keyIdOf(object) ?? '';
    if (stage.owed.delete(keyId) && object.attributes.fingerprint_verified !== true) {
      stage.violate(`a refused command lost the proof of key ${keyId}`);
    }
  }
}

/** Apply does what the plan showed. */
function checkExpiry(stage: Stage, { result, after, calls }: Event): void {
  for (const object of result.ok && result.recorded ? current(after, 'material') : []) {
    const shown = result.shown[object.name];
    const keyId = keyIdOf(object) ?? '';
    const expiry = after.keys.get(keyId)?.expiry;
    if (
      typeof shown?.expiration_time === 'string' &&
      after.keys.get(keyId)?.state === '2' &&
      shown.expiration_time !== expiry
    ) {
      stage.violate(
        `the plan shows that the material of ${object.name} expires ${shown.expiration_time}, and it expires ${expiry ?? ''}`,
      );
    }
    const imported = calls.some(
      ({ operation, keyId: of, status }) =>
        operation === 'import-key-material' && of === keyId && status === 200,
    );
    const days = /^(\d+)d$/.exec(String(shown?.valid_for))?.[1];
    const left = (Date.parse(expiry ?? '') - stage.emulator.now().getTime()) / 86_400_000;
    if (imported && days !== undefined && !(Math.abs(left - Number(days)) < 1)) {
      stage.violate(
        `the plan shows that the material of ${object.name} is valid for ${days} days, and it is for ${left.toFixed(1)}`,
      );
    }
  }
}

/**
 * What left the state by a destroy that ended well has gone as its policy says, or the user was
 * told that it stays.
 */
function checkGone(stage: Stage, { before, after, result, declared }: Event): void {
  if (!(result.ok && result.recorded)) {
    return;
  }
  const told = result.messages.join('\n').replace(/[│╷╵\s]+/g, ' ');
  for (const object of before.objects.filter(
    (one) => !after.objects.some((other) => keyIdOf(other) === keyIdOf(one)),
  )) {
    const keyId = keyIdOf(object) ?? '';
    const state = after.keys.get(keyId)?.state;
    const { on_destroy: policy } = object.attributes;
    const inUse = declared.some(
      ({ type, attributes }) => type === 'key' && attributes.alias === after.keys.get(keyId)?.alias,
    );
    if (
      object.type === 'key' &&
      policy === 'schedule_deletion' &&
      working.concat('5').includes(state ?? '') &&
      !inUse
    ) {
      if (!told.includes('The key is not scheduled for deletion')) {
        stage.violate(
          `key ${keyId} was destroyed by ${object.name}, and is in state ${state ?? ''}`,
        );
      }
    }
    if (
      object.type === 'material' &&
      policy === 'delete_material' &&
      working.includes(state ?? '')
    ) {
      if (!told.includes('The material is not deleted')) {
        stage.violate(
          `the material of key ${keyId} was destroyed by ${object.name}, and is still there`,
        );
      }
    }
  }
}
