/**
 * The configuration inside a plan: which attributes are written out, and what the others refer to.
 * Only it tells a pin from a fingerprint that the provider found, and which key a material belongs
 * to that has no id yet.
 */
import { isRecord, type JsonRecord } from '../json';
import { recordsIn } from './recorded-material';

/** Addresses of a configuration have no instances: "module.app.byok_external_key.orders". */
export interface Configuration {
  /** By address. */
  readonly resources: ReadonlyMap<string, ConfiguredResource>;
  /** The addresses of all resources that an expression leads to, also through modules. */
  readonly targets: (expression: unknown, module: string) => readonly Target[];
  /** How the material at an address with instances is pinned; undefined if it is not shown. */
  readonly pin: (address: string) => Pin | undefined;
  /** How an attribute of the resource there is written; undefined if that is not shown. */
  readonly written: (address: string, attribute: string) => Written | undefined;
}

/**
 * Written out; by a variable whose value the plan shows; by another reference, which may be null;
 * or not at all.
 */
export type Written = 'constant' | 'variable' | 'reference' | 'none';

/** By a fingerprint that is written out, or by a reference to one; `none` pins nothing. */
export type Pin = 'constant' | 'reference' | 'none';

export interface ConfiguredResource {
  readonly address: string;
  readonly type: string;
  /** The path of its module; empty in the root. */
  readonly module: string;
  readonly expressions: JsonRecord;
  /** What `each` stands for. */
  readonly forEach: unknown;
  /** The provider block, among those of the configuration. */
  readonly providerKey: string;
}

export interface Target {
  /** Without an instance. */
  readonly address: string;
  /** The instance that is written out. */
  readonly index: string | number | undefined;
}

interface Module {
  readonly path: string;
  readonly body: JsonRecord;
  readonly parent: Module | undefined;
  /** The arguments that the parent gives. */
  readonly given: JsonRecord;
}

export function configurationIn(plan: JsonRecord): Configuration {
  const modules = new Map<string, Module>();
  const resources = new Map<string, ConfiguredResource>();
  const { root_module: root } = isRecord(plan.configuration) ? plan.configuration : {};
  const add = (module: Module) => {
    modules.set(module.path, module);
    for (const resource of recordsIn(module.body.resources)) {
      const { type, expressions, provider_config_key: providerKey } = resource;
      const address = below(module.path, String(resource.address));
      resources.set(address, {
        address,
        type: String(type),
        providerKey: String(providerKey),
        module: module.path,
        expressions: isRecord(expressions) ? expressions : {},
        forEach: resource.for_each_expression,
      });
    }
    const calls = isRecord(module.body.module_calls) ? module.body.module_calls : {};
    for (const [name, call] of Object.entries(calls)) {
      if (isRecord(call) && isRecord(call.module)) {
        add({
          path: below(module.path, `module.${name}`),
          body: call.module,
          parent: module,
          given: isRecord(call.expressions) ? call.expressions : {},
        });
      }
    }
  };
  add({ path: '', body: isRecord(root) ? root : {}, parent: undefined, given: {} });
  const variables = isRecord(plan.variables) ? plan.variables : {};
  const written = (address: string, attribute: string) => {
    const resource = resources.get(withoutInstances(address));
    const module = modules.get(resource?.module ?? '');
    return resource === undefined
      ? undefined
      : writtenBy(resource.expressions[attribute], module, variables);
  };
  return {
    resources,
    written,
    pin: (address) => {
      const pin = written(address, 'fingerprint');
      return pin === 'variable' ? 'reference' : pin;
    },
    targets: (expression, module) => targetsOf(expression, modules.get(module), modules, 0),
  };
}

/** No value leaves here: one may be a secret. */
function writtenBy(
  expression: unknown,
  module: Module | undefined,
  variables: JsonRecord,
): Written {
  if (!isRecord(expression)) {
    return 'none';
  }
  if ('constant_value' in expression) {
    return (expression.constant_value ?? null) === null ? 'none' : 'constant';
  }
  const references = Array.isArray(expression.references) ? expression.references.map(String) : [];
  const [first, second] = references;
  const variable = second === undefined ? /^var\.([\w-]+)$/.exec(first ?? '')?.[1] : undefined;
  if (variable === undefined) {
    // A function of constants is shown as nothing at all.
    return 'reference';
  }
  if (module?.parent !== undefined) {
    const given = module.given[variable] ?? defaultOf(variable, module);
    const written = writtenBy(given, module.parent, variables);
    return written === 'constant' ? 'variable' : written;
  }
  // An ephemeral variable is not among them.
  const value = variables[variable];
  return !isRecord(value) ? 'reference' : (value.value ?? null) === null ? 'none' : 'variable';
}

/** As if the parent had given it. */
function defaultOf(variable: string, { body }: Module): JsonRecord {
  const declared = isRecord(body.variables) ? body.variables[variable] : undefined;
  return { constant_value: isRecord(declared) ? declared.default : undefined };
}

/** Without instances: as a configuration names what a plan names `module.app["a"].x.y[0]`. */
export function withoutInstances(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');
}

export function below(module: string, rest: string): string {
  return module === '' ? rest : `${module}.${rest}`;
}

/** A configuration cannot refer to itself, but a forged one could. */
const deepest = 20;

function targetsOf(
  expression: unknown,
  module: Module | undefined,
  modules: ReadonlyMap<string, Module>,
  depth: number,
): readonly Target[] {
  if (module === undefined || depth > deepest) {
    return [];
  }
  return referencesIn(expression).flatMap((reference) => {
    const [first = '', second = '', third = ''] = partsOf(reference);
    if (first === 'var') {
      return targetsOf(module.given[second], module.parent, modules, depth + 1);
    }
    if (first === 'module') {
      const child = modules.get(below(module.path, withoutInstances(`module.${second}`)));
      const outputs = isRecord(child?.body.outputs) ? child.body.outputs : {};
      const output = outputs[third];
      return targetsOf(isRecord(output) ? output.expression : undefined, child, modules, depth + 1);
    }
    if (second === '' || first === 'each' || first === 'local' || first === 'count') {
      return [];
    }
    const [own, named] =
      first === 'data' ? [`data.${second}.${third}`, third] : [`${first}.${second}`, second];
    return [{ address: below(module.path, withoutInstances(own)), index: instanceIn(named) }];
  });
}

/** Names cannot hold a dot; an instance can. */
function partsOf(reference: string): readonly string[] {
  return reference.match(/[^.[]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?/g) ?? [];
}

function instanceIn(part: string): string | number | undefined {
  const [, number, text] = /\[(?:(\d+)|"((?:[^"\\]|\\.)*)")\]$/.exec(part) ?? [];
  return number === undefined ? text?.replace(/\\(.)/g, '$1') : Number(number);
}

/** Whether an expression takes its value from what `for_each` goes through. */
export function takesEachValue(expression: unknown): boolean {
  return referencesIn(expression).some((reference) => /^each\.value\b/.test(reference));
}

function referencesIn(expression: unknown): readonly string[] {
  if (Array.isArray(expression)) {
    return expression.flatMap(referencesIn);
  }
  if (!isRecord(expression)) {
    return [];
  }
  if (Array.isArray(expression.references)) {
    return expression.references.map(String);
  }
  return Object.entries(expression).flatMap(([name, value]) =>
    name === 'constant_value' ? [] : referencesIn(value),
  );
}
