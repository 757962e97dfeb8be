/**
 * Names private keys in the forms of OpenSSH and PuTTY. Loaded only if something could not be
 * opened.
 */
import { type Phrase, say } from '../terms/setting';
import { ofNoSpec } from './name-der';

export const sshTypes = [
  'ssh-rsa',
  'ssh-dss',
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
];

export const hardwareTypes = ['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'];

/**
 * PROTOCOL.key of OpenSSH: after the magic come the cipher, the derivation of its key with
 * parameters, the number of keys, and the first public key.
 */
export function nameOpenSsh(der: Buffer): Phrase {
  let at = 'openssh-key-v1\0'.length;
  const next = () => {
    const length = at + 4 <= der.length ? der.readUInt32BE(at) : 0;
    const field = der.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return field;
  };
  const [cipher] = [next(), next(), next()];
  at += 4;
  const publicKey = next();
  const type = [...sshTypes, ...hardwareTypes].find(
    (name) =>
      publicKey.subarray(4, 4 + name.length).equals(Buffer.from(name)) &&
      publicKey[3] === name.length,
  );
  const isEncrypted = !Buffer.from('none').equals(cipher ?? Buffer.alloc(0));
  const name =
    'an OpenSSH private key ' +
    `(${[type, isEncrypted ? 'encrypted' : 'not encrypted'].filter((part) => part !== undefined).join(', ')})`;
  if (type === 'ssh-ed25519' || hardwareTypes.includes(type ?? '')) {
    const noSpec = ofNoSpec(type === 'ssh-ed25519' ? 'Ed25519' : 'bound to a security key');
    return (spelling) => `${name}: ${say(noSpec, spelling)}`;
  }
  return `${name}; convert a copy of it: ssh-keygen -p -m PKCS8 -f COPY`;
}

export function namePutty(text: Buffer): string {
  const version = text.toString(
    'latin1',
    'PuTTY-User-Key-File-'.length,
    'PuTTY-User-Key-File-'.length + 1,
  );
  const head = text.toString('latin1', 0, 512);
  const type = sshTypes.find((name) => head.includes(`: ${name}`));
  const encryption = /Encryption: *none/.test(head) ? 'not encrypted' : 'encrypted';
  const details = [/^[1-9]$/.test(version) ? `version ${version}` : undefined, type, encryption]
    .filter((part) => part !== undefined)
    .join(', ');
  return `a PuTTY private key (.ppk, ${details}); convert it: puttygen FILE -O private-openssh -o NEW.pem`;
}
