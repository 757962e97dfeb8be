#!/usr/bin/env node
/**
 * Process of a stand-in for a vendor's provider, from whose resources keys are moved: the schemas of
 * those, as its name tells, and nothing else. Terraform must neither configure it nor call it.
 */
import { basename } from 'node:path';
import type { AttributeType, ResourceSchema } from '../../lib/schema/model';
import { serve } from '../../lib/tfplugin/process/serve';
import type { ProviderDefinition, ResourceDefinition } from '../../lib/tfplugin/provider';
import { vendorStates } from './vendor-states';

const vendor = /huaweicloud|opentelekomcloud/.exec(basename(process.argv[1] ?? ''))?.[0] ?? '';

const called = async (): Promise<never> => {
  throw new Error('the provider of the vendor was called');
};

const resource = (attributes: Readonly<Record<string, AttributeType>>) =>
  ({
    schema: {
      version: 0,
      identity: [],
      description: '',
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, type]) => [
          name,
          { type, description: '', optional: true, computed: true },
        ]),
      ),
    } satisfies ResourceSchema,
    read: called,
    plan: called,
    apply: called,
  }) satisfies ResourceDefinition<undefined>;

const definition: ProviderDefinition<undefined> = {
  schema: {
    description: '',
    attributes: { region: { type: 'string', optional: true, description: '' } },
  },
  resources: Object.fromEntries(
    Object.entries(vendorStates)
      .filter(([type]) => type.startsWith(vendor))
      .map(([type, attributes]) => [type, resource(attributes)]),
  ),
  configure: called,
};

void serve({
  name: vendor,
  version: '1.0.0',
  definition: () => definition,
  env: process.env,
  now: () => new Date(),
});
