/**
 * The provider block. At synthesis it also places the provider itself beside the configuration,
 * so plain `cdktf deploy` finds it without a registry and without CLI configuration.
 */
import { TerraformProvider, TerraformStack } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';
import { ByokError } from '../errors';
import { installProvider } from '../mirror/install-provider';
import { packageVersion, readProviderBundle } from '../mirror/provider-bundle';
import { providerName, providerSchema, sourceAddress } from '../schema/provider';
import { type EnvironmentSetting, environmentVariables } from '../terms/connection';
import { refuseUnknownNames } from '../terms/known-names';
import {
  hclAttributes,
  jsonAttributes,
  propertyName,
  refuseLiteralSecrets,
} from './config-attributes';
import { propertyNames } from './property-names';
import { caFileFromStackFolder, onSynthesis } from './stack-folder';

/**
 * Which KMS, which project, and who logs in; no secrets.
 * Omitted properties come from the environment.
 */
export interface ByokConnectionProps {
  /**
   * Whose KMS this is: "huaweicloud", "opentelekomcloud", or the domain suffix of a related cloud.
   * It also decides whether `HW_*` or `OS_*` environment variables are read, never both.
   * @default "huaweicloud"
   */
  readonly cloud?: string;
  /**
   * Region, for example "ap-southeast-3", or "eu-de" of `cloud` "opentelekomcloud".
   * @default - environment variable HW_REGION_NAME, OS_REGION or OS_REGION_NAME,
   * else the region at the start of the project's name
   */
  readonly region?: string;
  /**
   * Project of the keys, 32 characters.
   * @default - environment variable HW_PROJECT_ID, OS_PROJECT_ID or OS_TENANT_ID,
   * else IAM is asked for the project of `projectName`
   */
  readonly projectId?: string;
  /**
   * Name of the project of the keys, if `projectId` is not given.
   * @default - environment variable HW_PROJECT_NAME, OS_TENANT_NAME or OS_PROJECT_NAME,
   * else the name of the region: its main project
   */
  readonly projectName?: string;
  /**
   * Enterprise project, on Huawei Cloud: new keys go into it, and lists show only its keys.
   * @default - environment variable HW_ENTERPRISE_PROJECT_ID
   */
  readonly enterpriseProjectId?: string;
  /**
   * Base URL of the KMS. Plain `http://` is accepted for loopback hosts only,
   * because the wrapping key comes from here.
   * @default - environment variable KMS_ENDPOINT, else it follows from `cloud` and `region`
   */
  readonly kmsEndpoint?: string;
  /**
   * Base URL of IAM, ending in `/v3`. Plain `http://` is accepted for loopback hosts only.
   * @default - environment variable HW_AUTH_URL or OS_AUTH_URL,
   * else it follows from `cloud` and `region`
   */
  readonly authUrl?: string;
  /**
   * Login by password: the IAM user.
   * @default - environment variable HW_USER_NAME or OS_USERNAME
   */
  readonly userName?: string;
  /**
   * Account (domain) of `userName`; no other login needs it.
   * @default - environment variable HW_DOMAIN_NAME, OS_USER_DOMAIN_NAME,
   * OS_PROJECT_DOMAIN_NAME or OS_DOMAIN_NAME
   */
  readonly domainName?: string;
  /**
   * Login by access key (AK): every request is signed.
   * @default - environment variable HW_ACCESS_KEY or OS_ACCESS_KEY
   */
  readonly accessKey?: string;
  /**
   * PEM file of additional certificate authorities, or the certificates themselves.
   * The path is absolute, or relative to the folder of `cdktf.json`;
   * as in `KeyMaterialSource.fromFile`, its beginning must be a literal.
   * Verification cannot be turned off.
   * @default - environment variable OS_CACERT, else those of Node
   */
  readonly caFile?: string;
}

/**
 * Which KMS, which project, and one way to log in. Omitted properties come from the environment.
 */
export interface ByokProviderProps extends ByokConnectionProps {
  /**
   * Login by an IAM token of a user of this project:
   * a reference to an ephemeral variable. A literal is refused.
   * @default - environment variable HW_AUTH_TOKEN, OS_AUTH_TOKEN or OS_TOKEN
   */
  readonly authToken?: string;
  /**
   * Password of `userName`: a reference to an ephemeral variable. A literal is refused.
   * @default - environment variable HW_USER_PASSWORD or OS_PASSWORD
   */
  readonly password?: string;
  /**
   * Secret key (SK) of `accessKey`: a reference to an ephemeral variable. A literal is refused.
   * @default - environment variable HW_SECRET_KEY or OS_SECRET_KEY
   */
  readonly secretKey?: string;
  /**
   * Security token of a temporary access key:
   * a reference to an ephemeral variable. A literal is refused.
   * @default - environment variable HW_SECURITY_TOKEN or OS_SECURITY_TOKEN
   */
  readonly securityToken?: string;
  /**
   * How often to repeat a call after throttling or a broken connection, if repeating it is safe.
   * @default 5, unless environment variable HW_MAX_RETRIES says otherwise
   */
  readonly maxRetries?: number;
  /**
   * Limit that the provider itself keeps, in requests per second.
   * @default 20, the documented limit of the service for one user
   */
  readonly maxRequestsPerSecond?: number;
  /**
   * Distinguishes several provider blocks of one stack; resources name theirs with `provider`.
   * @default - none: this is the provider of every resource that names no other
   */
  readonly alias?: string;
}

/** Replaces `instanceof`, which fails between two copies of this package on disk. */
const byokProviderSymbol = Symbol.for('cdktf-byok/ByokProvider');

/** Id of the provider that `of` creates. */
const impliedId = 'ImpliedByokProvider';

/** Context key: a folder that holds another build of the provider, laid out like `dist/bundle`. */
const bundleContext = 'cdktf-byok:bundle';

/**
 * The provider block of a stack. Synthesis writes the provider itself beside it,
 * after a check of its checksum.
 */
export class ByokProvider extends TerraformProvider {
  /** Terraform's name of the provider. */
  static readonly tfResourceType = providerName;

  /** True also for a provider of another copy of this package on disk. */
  static isByokProvider(construct: IConstruct): construct is ByokProvider {
    return byokProviderSymbol in construct;
  }

  /**
   * The provider of the stack for resources that name no other.
   * If there is none, this creates one that takes its configuration from the environment.
   * A provider that is declared later replaces it.
   */
  static of(scope: Construct): ByokProvider {
    const stack = TerraformStack.of(scope);
    const declared = providersOf(stack).find((provider) => provider.alias === undefined);
    return declared ?? new ByokProvider(stack, impliedId);
  }

  #alias: string | undefined;
  readonly #config: ByokProviderProps;

  /**
   * @throws ByokError ERR_ARGUMENT when a property is misspelled, or a token,
   * password or secret key is a literal
   */
  constructor(scope: Construct, id: string, props: ByokProviderProps = {}) {
    refuseUnknownNames(props, propertyNames.ByokProviderProps, 'ByokProvider');
    refuseLiteralSecrets(
      providerSchema,
      props,
      (attribute) =>
        `leave it out and set ${variablesOf(attribute)} in the environment, or pass an ephemeral variable`,
    );
    super(scope, id, {
      terraformResourceType: providerName,
      terraformGeneratorMetadata: { providerName, providerVersion: packageVersion() },
      terraformProviderSource: sourceAddress,
    });
    Object.defineProperty(this, byokProviderSymbol, { value: true });
    this.#alias = props.alias;
    this.#config =
      props.caFile === undefined
        ? props
        : { ...props, caFile: caFileFromStackFolder(this, props.caFile) };
    if (id !== impliedId && props.alias === undefined) {
      TerraformStack.of(this).node.tryRemoveChild(impliedId);
    }
    this.node.addValidation({ validate: () => this.#rivals() });
    onSynthesis(this, (stackFolder) => this.#install(stackFolder));
  }

  /** Distinguishes several provider blocks of one stack. */
  override get alias(): string | undefined {
    return this.#alias;
  }

  override set alias(alias: string | undefined) {
    this.#alias = alias;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return jsonAttributes(providerSchema, this.#config);
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclAttributes(providerSchema, this.#config);
  }

  /**
   * The stacks of cdktn (CDK Terrain) call it on each of their elements; cdktf has no such method.
   * @internal
   */
  _resetResolveDiscoveredProviderFeatureUsage(): void {}

  #install(stackFolder: string): void {
    const bundle = readProviderBundle(this.node.tryGetContext(bundleContext));
    if (bundle.version !== packageVersion()) {
      throw new ByokError(
        'ERR_CONFIGURATION',
        `the built provider is of version ${bundle.version}, cdktf-byok is ${packageVersion()}; run "npm run build" in cdktf-byok`,
      );
    }
    installProvider(bundle, stackFolder);
  }

  /** Terraform accepts one block for each alias, and one without an alias. */
  #rivals(): string[] {
    const stack = TerraformStack.of(this);
    const namesakes = providersOf(stack).filter((provider) => provider.alias === this.alias);
    if (namesakes[0] === this || namesakes.length < 2) {
      return [];
    }
    const which = this.alias === undefined ? 'no alias' : `the alias "${this.alias}"`;
    return [
      `the stack "${stack.node.id}" has ${namesakes.length} ByokProvider with ${which}; give each but one an alias of its own`,
    ];
  }
}

/** The first variable of each cloud. */
function variablesOf(attribute: string): string {
  const { HW, OS } = environmentVariables[propertyName(attribute) as EnvironmentSetting];
  return [HW[0], OS[0]].filter((name) => name !== undefined).join(' or ');
}

function providersOf(stack: IConstruct): ByokProvider[] {
  return stack.node
    .findAll()
    .filter(ByokProvider.isByokProvider)
    .filter((provider) => TerraformStack.of(provider) === stack);
}
