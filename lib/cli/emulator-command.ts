/** `byok emulator`: runs a KMS on this machine until it is stopped. */
import { Command, Option } from 'commander';
import { ByokError } from '../errors';
import { oneLine, printableJson } from '../printable';
import { providerName } from '../schema/provider';
import { shown } from '../terms/shown-value';
import { epilogue } from './help-text';
import type { Surroundings } from './surroundings';

const help = `
Listens on 127.0.0.1 only, until Ctrl-C. Keys live in memory; the token is another one at every start.

Examples:
  $ byok emulator
  $ byok emulator --port 4000 --data .demo/keys.json --demo-material-on-disk
  $ byok emulator --json --exit-with-parent > emulator.json &

Move its clock, to see material expire. It is the clock of the KMS alone: Terraform and the provider keep that of the machine:
  $ curl -X POST -H "X-Control-Token: $CONTROL_TOKEN" -H 'Content-Type: application/json' \\
      -d '{"advance_seconds": 86400}' http://127.0.0.1:4000/_control/clock`;

interface Flags {
  readonly port: string;
  readonly data?: string;
  readonly demoMaterialOnDisk?: boolean;
  readonly exitWithParent?: boolean;
  readonly json?: boolean;
}

/** What --json prints, in one line, as soon as the emulator listens. */
interface Listening {
  readonly kms_endpoint: string;
  readonly auth_url: string;
  readonly region: string;
  readonly project_id: string;
  readonly auth_token: string;
  readonly user_name: string;
  readonly password: string;
  readonly domain_name: string;
  readonly access_key: string;
  readonly secret_key: string;
  /** Expire after 24 hours. */
  readonly temporary_credentials: {
    readonly access_key: string;
    readonly secret_key: string;
    readonly security_token: string;
  };
  readonly control_token: string;
}

export function emulatorCommand({ print, remark, untilStopped }: Surroundings): Command {
  return new Command('emulator')
    .description('Run a KMS and IAM on this machine, for demonstrations and tests.')
    .addOption(new Option('--port <NUMBER>', 'port to listen on; 0 is any free one').default('0'))
    .option('--data <FILE>', 'keep keys in this file between runs, their material in clear')
    .option('--demo-material-on-disk', 'confirm that --data will hold only demonstration material')
    .option('--exit-with-parent', 'stop when the process that started this one ends')
    .option('--json', 'print one line of JSON when it listens, and nothing else')
    .addHelpText('after', epilogue(help))
    .action(async ({ port, data, demoMaterialOnDisk, exitWithParent, json }: Flags) => {
      if (data !== undefined && demoMaterialOnDisk !== true) {
        throw new ByokError(
          'ERR_ARGUMENT',
          `--data writes key material to "${data}" in clear; add --demo-material-on-disk if it is only demonstration material`,
        );
      }
      const portNumber = checkPort(port);
      // Registered first: a signal that arrives during start-up must stop it as well.
      const stopped = untilStopped({ withParent: exitWithParent === true, withReader: true });
      const { startEmulator } =
        require('../emulator/emulator') as typeof import('../emulator/emulator');
      const emulator = await startEmulator({
        port: portNumber,
        ...(data === undefined ? {} : { dataFile: data, demoMaterialOnDisk: true }),
        ...(json === true ? {} : { log: (line) => remark(`${oneLine(line)}\n`) }),
      });
      const listening: Listening = {
        kms_endpoint: emulator.url,
        auth_url: emulator.authUrl,
        region: emulator.projectName,
        project_id: emulator.projectId,
        auth_token: emulator.authToken,
        user_name: emulator.userName,
        password: emulator.password,
        domain_name: emulator.domainName,
        access_key: emulator.accessKey,
        secret_key: emulator.secretKey,
        temporary_credentials: {
          access_key: emulator.temporaryCredentials.accessKey,
          secret_key: emulator.temporaryCredentials.secretKey,
          security_token: emulator.temporaryCredentials.securityToken,
        },
        control_token: emulator.controlToken,
      };
      print(json === true ? `${printableJson(listening)}\n` : instructions(listening));
      const reason = await stopped;
      await emulator.close();
      if (json !== true) {
        remark(`stopped: ${reason}\n`);
      }
    });
}

function checkPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `--port is ${shown(text, /^\d{1,9}$/)}; allowed is a number from 0 to 65535`,
    );
  }
  return port;
}

function instructions(listening: Listening): string {
  const { kms_endpoint, auth_url, region, project_id, auth_token, control_token } = listening;
  const {
    user_name,
    password,
    domain_name,
    access_key,
    secret_key,
    temporary_credentials: temporary,
  } = listening;
  return `The emulator listens on ${kms_endpoint} (Ctrl-C stops it).

Paste into the shell in which Terraform, cdktf or byok will run:

  export HW_REGION_NAME='${region}'
  export HW_PROJECT_ID='${project_id}'
  export HW_AUTH_TOKEN='${auth_token}'
  export KMS_ENDPOINT='${kms_endpoint}'

or, instead of the token, one of these:

  an access key:
  export HW_ACCESS_KEY='${access_key}'
  export HW_SECRET_KEY='${secret_key}'

  a temporary one, good for 24 hours:
  export HW_ACCESS_KEY='${temporary.access_key}'
  export HW_SECRET_KEY='${temporary.secret_key}'
  export HW_SECURITY_TOKEN='${temporary.security_token}'

  a user, with auth_url = "${auth_url}" in the provider block:
  export HW_USER_NAME='${user_name}'
  export HW_USER_PASSWORD='${password}'
  export HW_DOMAIN_NAME='${domain_name}'

Paste into main.tf, for shells that have no KMS_ENDPOINT:

  provider "${providerName}" {
    kms_endpoint = "${kms_endpoint}"
  }

or, with the constructs:

  new ByokProvider(stack, '${providerName}', { kmsEndpoint: '${kms_endpoint}' });

Look at its keys:

  byok status

For its control endpoint, ${kms_endpoint}/_control, which wants it as X-Control-Token:

  export CONTROL_TOKEN='${control_token}'

Calls are listed here as they come:
`;
}
