// The wrap_command of the campaign: an HSM whose material is the Base64 in a file. Shares no code
// with the provider.
'use strict';

const { constants, createHmac, createPublicKey, publicEncrypt } = require('node:crypto');
const { readFileSync } = require('node:fs');

const {
  operation,
  public_key: publicKey,
  wrapping_algorithm: algorithm,
} = JSON.parse(readFileSync(0, 'utf8'));
const material = Buffer.from(readFileSync(process.argv[2], 'utf8'), 'base64');
const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING };
const padding = {
  RSAES_OAEP_SHA_256: { ...oaep, oaepHash: 'sha256' },
  RSAES_OAEP_SHA_1: { ...oaep, oaepHash: 'sha1' },
  RSAES_PKCS1_V1_5: { padding: constants.RSA_PKCS1_PADDING },
};

const answers = {
  fingerprint: () => ({
    fingerprint: `sha256:${createHmac('sha256', material).update('cdktf-byok fingerprint v1').digest('hex')}`,
  }),
  wrap() {
    const key = createPublicKey({
      key: Buffer.from(publicKey, 'base64'),
      format: 'der',
      type: 'spki',
    });
    return {
      encrypted_key_material: publicEncrypt({ key, ...padding[algorithm] }, material).toString(
        'base64',
      ),
    };
  },
};
process.stdout.write(JSON.stringify(answers[operation]()));
