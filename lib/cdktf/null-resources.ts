/**
 * Null resources of `@cdktf/provider-null`. The package is optional:
 * it loads with the first null resource, so apps without hooks do not need it.
 */
import {
  type ITerraformDependable,
  type ITerraformIterator,
  type LocalExecProvisioner,
  TerraformProvider,
  type TerraformResource,
  type TerraformResourceLifecycle,
  TerraformStack,
} from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { ByokError } from '../errors';

export interface NullResourceConfig {
  readonly triggers: Record<string, string>;
  readonly provisioners: LocalExecProvisioner[];
  readonly dependsOn?: ITerraformDependable[];
  readonly lifecycle?: TerraformResourceLifecycle;
  readonly forEach?: ITerraformIterator;
}

/** Terraform's name of the provider. */
const nullProviderName = 'null';

/** Id of the provider block that we create if the stack has none. */
const impliedId = 'ImpliedNullProvider';

/** @throws ByokError ERR_CONFIGURATION when the package is not installed */
export function nullResource(
  scope: Construct,
  id: string,
  config: NullResourceConfig,
): TerraformResource {
  const { provider, resource } = loadPackage();
  const stack = TerraformStack.of(scope);
  if (nullProvidersOf(stack).length === 0) {
    acceptedByCdktn(new provider.NullProvider(stack, impliedId));
  }
  return acceptedByCdktn(new resource.Resource(scope, id, config));
}

/** Terraform accepts only one block without an alias. */
export function faultsOfNullProviders(scope: Construct): string[] {
  const stack = TerraformStack.of(scope);
  const providers = nullProvidersOf(stack);
  return providers.length > 1 && providers.some(({ node }) => node.id === impliedId)
    ? [
        `the stack "${stack.node.id}" declares its NullProvider after a key with hooks, which ` +
          'has already made one; declare it before the key',
      ]
    : [];
}

function nullProvidersOf(stack: IConstruct): TerraformProvider[] {
  return stack.node
    .findAll()
    .filter((construct) => TerraformProvider.isTerraformProvider(construct))
    .filter(
      (provider) =>
        provider.terraformResourceType === nullProviderName && provider.alias === undefined,
    )
    .filter((provider) => TerraformStack.of(provider) === stack);
}

function loadPackage(): typeof import('@cdktf/provider-null') {
  try {
    return require('@cdktf/provider-null');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') {
      throw cause;
    }
    throw new ByokError(
      'ERR_CONFIGURATION',
      'hooks need the package @cdktf/provider-null; install it: npm install @cdktf/provider-null',
      {
        cause,
      },
    );
  }
}

/**
 * The stacks of cdktn (CDK Terrain) call it on each of their elements; cdktf has no such method.
 */
function acceptedByCdktn<Element extends object>(element: Element): Element {
  return Object.defineProperty(element, '_resetResolveDiscoveredProviderFeatureUsage', {
    value: () => undefined,
  });
}
