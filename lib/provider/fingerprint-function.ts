/**
 * Provider function `provider::byok::fingerprint`. Pure; it wipes the material and puts it into no
 * message.
 */
import { ByokError } from '../errors';
import { openContent } from '../material/open-content';
import { fingerprintEncodings, fingerprintFunctionSchema } from '../schema/fingerprint-function';
import { shown } from '../terms/shown-value';
import type { FunctionDefinition } from '../tfplugin/provider';

export const fingerprintFunction: FunctionDefinition = {
  schema: fingerprintFunctionSchema,

  call([material, encodingName]) {
    const encoding = fingerprintEncodings.find((name) => name === encodingName);
    if (encoding === undefined) {
      const allowed = fingerprintEncodings.map((name) => `"${name}"`).join(', ');
      throw new ByokError(
        'ERR_ARGUMENT',
        `material_encoding is ${shown(String(encodingName))}; allowed are ${allowed}`,
        {
          attribute: 'material_encoding',
        },
      );
    }
    const content = Buffer.from(String(material), 'utf8');
    const opened = openContent(content, {
      encoding,
      password: undefined,
      attribute: 'material',
      source: 'argument "material"',
    });
    try {
      return opened.fingerprint;
    } finally {
      opened.wipe();
    }
  },
};
