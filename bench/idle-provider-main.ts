#!/usr/bin/env node
/**
 * A provider of our schema that does nothing: what Terraform and the talk with any provider cost,
 * and nothing else. Applies nothing.
 */
import { externalKeySchema } from '../lib/schema/external-key';
import { keyMaterialSchema } from '../lib/schema/key-material';
import type { ResourceSchema } from '../lib/schema/model';
import { providerSchema } from '../lib/schema/provider';
import { serve } from '../lib/tfplugin/process/serve';
import type { ProviderDefinition, ResourceDefinition } from '../lib/tfplugin/provider';

const idle = (schema: ResourceSchema): ResourceDefinition<undefined> => ({
  schema,
  read: async ({ state, private: kept }) => ({ state, private: kept }),
  plan: async ({ proposed, priorPrivate }) => ({
    planned: proposed,
    requiresReplace: [],
    private: priorPrivate,
  }),
  apply: () => {
    throw new Error('this provider only plans');
  },
});

const definition: ProviderDefinition<undefined> = {
  schema: providerSchema,
  resources: {
    byok_external_key: idle(externalKeySchema),
    byok_key_material: idle(keyMaterialSchema),
  },
  configure: async () => undefined,
};

void serve({
  name: 'byok',
  version: '0.0.0',
  definition: () => definition,
  env: process.env,
  now: () => new Date(),
});
