/**
 * A review of a declaration alone, for those who may not plan: pull requests from forks have no
 * login. It says what is declared; what happens to the keys, only a plan tells. Pure.
 */
import type { JudgedMaterial, Known } from '../../policy/judge';
import { sourceNames } from '../../policy/rules';
import { defaultKeyDestroyPolicy } from '../../terms/key';
import {
  defaultMaterialDestroyPolicy,
  fingerprintFormat,
  materialSourceAttributes,
} from '../../terms/material';
import { keyRules } from '../../terms/rules';
import { pinEffects } from './base-pins';
import { plannedExpiration, sourceOf } from './key-facts';
import type { KeyReview } from './key-review';
import type { Against, PlanReview } from './plan-effects';
import { textOf } from './planned-change';
import { judgeMaterials } from './policy-review';
import type { DeclaredResource, Synthesized } from './synthesized';

export function reviewOfDeclaration(
  { resources, hooks, modules, pathOf }: Synthesized,
  stack: string,
  { policy, base }: Against,
): PlanReview {
  const keys = resources.filter(({ type }) => type === 'byok_external_key');
  const materials = resources.filter(({ type }) => type === 'byok_key_material');
  const pairs = [
    ...materials.map((material) => ({
      material,
      key: keys.find(({ address }) => address === material.keyAddress),
    })),
    ...keys
      .filter(({ address }) => !materials.some(({ keyAddress }) => keyAddress === address))
      .map((key) => ({ material: undefined, key })),
  ];
  const reviews = pairs.map(({ material, key }) => {
    const declared = keyOf(key, material, stack, pathOf);
    const found = pinEffects(material?.address ?? '', declared.pin ?? undefined, base);
    return { ...declared, effects: [...declared.effects, ...found] };
  });
  const judged = pairs.flatMap(({ material }, at) =>
    material === undefined
      ? []
      : [{ key: reviews[at]?.name ?? '', address: material.address, material: judgedIn(material) }],
  );
  return {
    keys: reviews,
    unchanged: 0,
    hooks,
    modules,
    policy: policy && judgeMaterials(judged, stack, policy),
  };
}

function keyOf(
  key: DeclaredResource | undefined,
  material: DeclaredResource | undefined,
  stack: string,
  pathOf: Synthesized['pathOf'],
): KeyReview {
  const addresses = [key, material]
    .flatMap((one) => (one === undefined ? [] : [one.address]))
    .sort();
  const { attributes = {}, later = [], given = [] } = material ?? {};
  const keyId = textOf(attributes.key_id);
  const fingerprint = textOf(attributes.fingerprint);
  return {
    stack,
    name: textOf(key?.attributes.alias) ?? addresses[0] ?? '',
    key_id: keyId !== undefined && keyRules.keyId.accepts(keyId) ? keyId : null,
    addresses,
    path: commonPath(addresses, pathOf),
    effects: [
      {
        effect: 'declared',
        address: material?.address ?? addresses[0] ?? '',
        reason: removalOf(key, material),
        days: null,
      },
    ],
    expiration_before: null,
    expiration_after: plannedExpiration(attributes) ?? null,
    pin:
      material === undefined
        ? null
        : !given.includes('fingerprint')
          ? 'none'
          : later.includes('fingerprint')
            ? 'reference'
            : 'constant',
    fingerprint:
      fingerprint !== undefined && fingerprintFormat.test(fingerprint) ? fingerprint : null,
    fingerprint_before: null,
    // Of a name that is known later, the kind is known.
    source: sourceOf({ ...Object.fromEntries(later.map((name) => [name, null])), ...attributes }),
    used_by: [],
    found_changed: false,
  };
}

/** What declares all of them: the stack itself says nothing. */
export function commonPath(
  addresses: readonly string[],
  pathOf: Synthesized['pathOf'],
): string | null {
  const paths = addresses.flatMap((address) => {
    const path = pathOf(address);
    return path === undefined ? [] : [path.split('/')];
  });
  const [first, last] = [paths[0], paths.at(-1)];
  if (first === undefined || last === undefined) {
    return null;
  }
  const apart = first.findIndex((part, at) => paths.some((path) => path[at] !== part));
  const shared = apart === -1 ? first : first.slice(0, apart);
  return (shared.length > 1 ? shared : last).join('/');
}

function removalOf(
  key: DeclaredResource | undefined,
  material: DeclaredResource | undefined,
): string {
  const policy = ({ attributes, later }: DeclaredResource, omitted: string) =>
    later.includes('on_destroy')
      ? 'known to Terraform only'
      : `"${textOf(attributes.on_destroy) ?? omitted}"`;
  return [
    ...(material === undefined
      ? ['no material is declared for it']
      : [`on_destroy of the material is ${policy(material, defaultMaterialDestroyPolicy)}`]),
    ...(key === undefined
      ? []
      : [`on_destroy of the key is ${policy(key, defaultKeyDestroyPolicy)}`]),
  ].join(', ');
}

const sayLater =
  'is known to Terraform only, so that it cannot be checked in the synthesized stack; write the value out, or review the plan';

function judgedIn({ attributes, later, given }: DeclaredResource): JudgedMaterial {
  const known = (name: string): Known => {
    const value = textOf(attributes[name]);
    return later.includes(name) ? { later: sayLater } : value === undefined ? 'absent' : { value };
  };
  return {
    expirationTime: known('expiration_time'),
    validFor: known('valid_for'),
    fingerprint: known('fingerprint'),
    wrappingAlgorithm: known('wrapping_algorithm'),
    onDestroy: known('on_destroy'),
    sources: materialSourceAttributes
      .filter((name) => given.includes(name))
      .map((name) => sourceNames[name]),
  };
}
