/**
 * The messages that this provider server uses, as tables of names and field numbers:
 * those of Terraform's plugin protocol 6.11, of go-plugin's own services,
 * and of the gRPC health check. Fields that we never read are left out, and decoding skips them.
 */
import {
  bool,
  bytes,
  enumeration,
  type Fields,
  type Input,
  integer,
  mapOf,
  message,
  optional,
  repeated,
  text,
} from './protobuf';

export const severities = { error: 1, warning: 2 } as const;
export const markdown = 1;
/** A nested block is exactly one object, or none. */
export const nestingSingle = 1;

export const Empty = {} as const satisfies Fields;

export const DynamicValue = { msgpack: bytes(1), json: bytes(2) } as const satisfies Fields;
export type DynamicValueInput = Input<typeof DynamicValue>;

export const AttributePathStep = {
  attributeName: optional(text(1)),
  elementKeyString: optional(text(2)),
  elementKeyInt: optional(integer(3)),
} as const satisfies Fields;
export const AttributePath = { steps: repeated(1, AttributePathStep) } as const satisfies Fields;
export const Diagnostic = {
  severity: enumeration(1),
  summary: text(2),
  detail: text(3),
  attribute: message(4, AttributePath),
} as const satisfies Fields;

// --- schema ---

export const Attribute = {
  name: text(1),
  type: bytes(2),
  description: text(3),
  required: bool(4),
  optional: bool(5),
  computed: bool(6),
  sensitive: bool(7),
  descriptionKind: enumeration(8),
  deprecated: bool(9),
  writeOnly: bool(11),
} as const satisfies Fields;

// A block contains nested blocks, and those contain a block.
export const Block: Fields = {
  attributes: repeated(2, Attribute),
  blockTypes: { number: 3, kind: 'message', message: () => NestedBlock, label: 'repeated' },
  description: text(4),
  descriptionKind: enumeration(5),
};
export const NestedBlock: Fields = {
  typeName: text(1),
  block: message(2, Block),
  nesting: enumeration(3),
};

export const Parameter = {
  name: text(1),
  type: bytes(2),
  allowNullValue: bool(3),
  allowUnknownValues: bool(4),
  description: text(5),
  descriptionKind: enumeration(6),
} as const satisfies Fields;
export const FunctionReturn = { type: bytes(1) } as const satisfies Fields;
export const FunctionSignature = {
  parameters: repeated(1, Parameter),
  variadicParameter: message(2, Parameter),
  return: message(3, FunctionReturn),
  summary: text(4),
  description: text(5),
  descriptionKind: enumeration(6),
} as const satisfies Fields;

export const Schema = { version: integer(1), block: message(2, Block) } as const satisfies Fields;

export const ServerCapabilities = {
  planDestroy: bool(1),
  getProviderSchemaOptional: bool(2),
  moveResourceState: bool(3),
} as const satisfies Fields;
export const ClientCapabilities = {
  deferralAllowed: bool(1),
  writeOnlyAttributesAllowed: bool(2),
} as const satisfies Fields;

export const ResourceIdentityData = {
  identityData: message(1, DynamicValue),
} as const satisfies Fields;
const IdentityAttribute = {
  name: text(1),
  type: bytes(2),
  requiredForImport: bool(3),
  optionalForImport: bool(4),
  description: text(5),
} as const satisfies Fields;
export const ResourceIdentitySchema = {
  version: integer(1),
  identityAttributes: repeated(2, IdentityAttribute),
} as const satisfies Fields;

const diagnostics = (number: number) => repeated(number, Diagnostic);
const value = (number: number) => message(number, DynamicValue);
const clientCapabilities = (number: number) => message(number, ClientCapabilities);
const identity = (number: number) => message(number, ResourceIdentityData);
const TypeName = { typeName: text(1) } as const satisfies Fields;

// --- provider ---

export const GetMetadataResponse = {
  serverCapabilities: message(1, ServerCapabilities),
  diagnostics: diagnostics(2),
  dataSources: repeated(3, TypeName),
  resources: repeated(4, TypeName),
  functions: repeated(5, { name: text(1) } as const satisfies Fields),
  ephemeralResources: repeated(6, TypeName),
} as const satisfies Fields;

export const GetProviderSchemaResponse = {
  provider: message(1, Schema),
  resourceSchemas: mapOf(2, Schema),
  dataSourceSchemas: mapOf(3, Schema),
  diagnostics: diagnostics(4),
  serverCapabilities: message(6, ServerCapabilities),
  functions: mapOf(7, FunctionSignature),
  ephemeralResourceSchemas: mapOf(8, Schema),
} as const satisfies Fields;

export const GetResourceIdentitySchemasResponse = {
  identitySchemas: mapOf(1, ResourceIdentitySchema),
  diagnostics: diagnostics(2),
} as const satisfies Fields;

export const ValidateProviderConfigRequest = { config: value(1) } as const satisfies Fields;
/** Unlike in the other validations, diagnostics are in field 2. */
export const ValidateProviderConfigResponse = {
  diagnostics: diagnostics(2),
} as const satisfies Fields;

export const ConfigureProviderRequest = {
  terraformVersion: text(1),
  config: value(2),
} as const satisfies Fields;
export const ConfigureProviderResponse = { diagnostics: diagnostics(1) } as const satisfies Fields;

export const StopProviderResponse = { error: text(1) } as const satisfies Fields;

/** For a data source or an ephemeral resource. */
export const ValidateConfigRequest = {
  typeName: text(1),
  config: value(2),
} as const satisfies Fields;
export const ValidateConfigResponse = { diagnostics: diagnostics(1) } as const satisfies Fields;

// --- resources ---

export const ValidateResourceConfigRequest = {
  typeName: text(1),
  config: value(2),
  clientCapabilities: clientCapabilities(3),
} as const satisfies Fields;
export const ValidateResourceConfigResponse = {
  diagnostics: diagnostics(1),
} as const satisfies Fields;

export const RawState = { json: bytes(1) } as const satisfies Fields;
export const UpgradeResourceStateRequest = {
  typeName: text(1),
  version: integer(2),
  rawState: message(3, RawState),
} as const satisfies Fields;
export const UpgradeResourceStateResponse = {
  upgradedState: value(1),
  diagnostics: diagnostics(2),
} as const satisfies Fields;

export const UpgradeResourceIdentityRequest = {
  typeName: text(1),
  version: integer(2),
  rawIdentity: message(3, RawState),
} as const satisfies Fields;
export const UpgradeResourceIdentityResponse = {
  upgradedIdentity: identity(1),
  diagnostics: diagnostics(2),
} as const satisfies Fields;

export const MoveResourceStateRequest = {
  sourceProviderAddress: text(1),
  sourceTypeName: text(2),
  sourceSchemaVersion: integer(3),
  sourceState: message(4, RawState),
  targetTypeName: text(5),
  sourcePrivate: bytes(6),
} as const satisfies Fields;
export const MoveResourceStateResponse = {
  targetState: value(1),
  diagnostics: diagnostics(2),
  targetPrivate: bytes(3),
  targetIdentity: identity(4),
} as const satisfies Fields;

export const ReadResourceRequest = {
  typeName: text(1),
  currentState: value(2),
  private: bytes(3),
  currentIdentity: identity(6),
} as const satisfies Fields;
export const ReadResourceResponse = {
  newState: value(1),
  diagnostics: diagnostics(2),
  private: bytes(3),
  newIdentity: identity(5),
} as const satisfies Fields;

export const PlanResourceChangeRequest = {
  typeName: text(1),
  priorState: value(2),
  proposedNewState: value(3),
  config: value(4),
  priorPrivate: bytes(5),
} as const satisfies Fields;
export const PlanResourceChangeResponse = {
  plannedState: value(1),
  requiresReplace: repeated(2, AttributePath),
  plannedPrivate: bytes(3),
  diagnostics: diagnostics(4),
  plannedIdentity: identity(7),
} as const satisfies Fields;

export const ApplyResourceChangeRequest = {
  typeName: text(1),
  priorState: value(2),
  plannedState: value(3),
  config: value(4),
  plannedPrivate: bytes(5),
  plannedIdentity: identity(7),
} as const satisfies Fields;
export const ApplyResourceChangeResponse = {
  newState: value(1),
  private: bytes(2),
  diagnostics: diagnostics(3),
  newIdentity: identity(5),
} as const satisfies Fields;

export const ImportResourceStateRequest = {
  typeName: text(1),
  id: text(2),
  identity: identity(4),
} as const satisfies Fields;
const ImportedResource = {
  typeName: text(1),
  state: value(2),
  private: bytes(3),
  identity: identity(4),
} as const satisfies Fields;
export const ImportResourceStateResponse = {
  importedResources: repeated(1, ImportedResource),
  diagnostics: diagnostics(2),
} as const satisfies Fields;

// --- data sources ---

export const ReadDataSourceRequest = {
  typeName: text(1),
  config: value(2),
} as const satisfies Fields;
export const ReadDataSourceResponse = {
  state: value(1),
  diagnostics: diagnostics(2),
} as const satisfies Fields;

// --- ephemeral resources ---

/** google.protobuf.Timestamp */
export const Timestamp = { seconds: integer(1), nanos: enumeration(2) } as const satisfies Fields;

export const OpenEphemeralResourceRequest = {
  typeName: text(1),
  config: value(2),
} as const satisfies Fields;
export const OpenEphemeralResourceResponse = {
  diagnostics: diagnostics(1),
  renewAt: message(2, Timestamp),
  result: value(3),
  private: bytes(4),
} as const satisfies Fields;

export const RenewEphemeralResourceRequest = {
  typeName: text(1),
  private: bytes(2),
} as const satisfies Fields;
export const RenewEphemeralResourceResponse = {
  diagnostics: diagnostics(1),
  renewAt: message(2, Timestamp),
  private: bytes(3),
} as const satisfies Fields;

export const CloseEphemeralResourceRequest = {
  typeName: text(1),
  private: bytes(2),
} as const satisfies Fields;
export const CloseEphemeralResourceResponse = {
  diagnostics: diagnostics(1),
} as const satisfies Fields;

// --- functions ---

export const GetFunctionsResponse = {
  functions: mapOf(1, FunctionSignature),
  diagnostics: diagnostics(2),
} as const satisfies Fields;

/** `functionArgument` counts from 0. It is absent if the error is about no argument. */
export const FunctionError = {
  text: text(1),
  functionArgument: optional(integer(2)),
} as const satisfies Fields;
export const CallFunctionRequest = {
  name: text(1),
  arguments: repeated(2, DynamicValue),
} as const satisfies Fields;
export const CallFunctionResponse = {
  result: value(1),
  error: message(2, FunctionError),
} as const satisfies Fields;

// --- grpc.health.v1 ---

export const HealthCheckResponse = { status: enumeration(1) } as const satisfies Fields;
export const healthServing = 1;
