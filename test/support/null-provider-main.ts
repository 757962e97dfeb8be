#!/usr/bin/env node
/**
 * Process of the stand-in for `hashicorp/null`: its public schema of `null_resource`, and nothing
 * else of it.
 */
import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { serveAttached } from '../../lib/tfplugin/process/reattach';
import { serve } from '../../lib/tfplugin/process/serve';
import type { ProviderDefinition } from '../../lib/tfplugin/provider';
import { unknown } from '../../lib/tfplugin/values/value';

const definition: ProviderDefinition<undefined> = {
  schema: { description: '', attributes: {} },
  resources: {
    null_resource: {
      schema: {
        version: 0,
        identity: [],
        description: 'Does nothing but carry provisioners.',
        attributes: {
          id: { type: 'string', computed: true, description: 'Random.' },
          triggers: {
            type: ['map', 'string'],
            optional: true,
            requiresReplace: true,
            description: 'Another map is another resource.',
          },
        },
      },
      read: async ({ state, private: kept }) => ({ state, private: kept }),
      plan: async ({ prior, proposed, priorPrivate }) => ({
        planned: proposed === null ? null : { ...proposed, id: prior?.id ?? unknown },
        // An unknown value equals none.
        requiresReplace:
          prior !== null &&
          proposed !== null &&
          !isDeepStrictEqual(prior.triggers, proposed.triggers)
            ? ['triggers']
            : [],
        private: priorPrivate,
      }),
      apply: async ({ prior, planned, plannedPrivate }) => ({
        state:
          planned === null ? null : { ...planned, id: prior?.id ?? String(randomInt(2 ** 47)) },
        private: plannedPrivate,
      }),
    },
  },
  configure: async () => undefined,
};

const options = {
  name: 'null',
  version: '3.2.4',
  definition: () => definition,
  env: process.env,
  now: () => new Date(),
};

void (process.argv.includes('--debug')
  ? serveAttached({ ...options, address: 'registry.terraform.io/hashicorp/null' })
  : serve(options));
