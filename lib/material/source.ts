/** Where material comes from: a write-only value, a file, or an environment variable. Reading happens only when asked. */
import { readFile } from 'node:fs/promises';
import { ByokError } from '../errors';
import type { MaterialEncoding } from '../schema/key-material';
import type { Secret } from '../secret';
import { decodeMaterial } from './decode';

/** Attribute names as in the Terraform schema, so that every message can point at its cause. */
export type MaterialSource =
  | { readonly attribute: 'material_wo'; readonly value: string }
  | { readonly attribute: 'material_file'; readonly path: string }
  | { readonly attribute: 'material_env'; readonly name: string };

/** Material, or the reason why there is none right now: a missing file is no error until an import is due. */
export type MaterialAtHand = { readonly material: Secret } | { readonly missing: string; readonly attribute: string | undefined };

/**
 * @param source undefined when the configuration names none
 * @throws ByokError ERR_MATERIAL_INVALID when there is content that cannot be decoded or a file that cannot be read
 */
export async function readMaterial(
  source: MaterialSource | undefined,
  encoding: MaterialEncoding,
  env: Readonly<Record<string, string | undefined>>,
): Promise<MaterialAtHand> {
  if (source === undefined) {
    return { missing: 'no source of the key material is configured: set material_file, material_env or material_wo', attribute: undefined };
  }
  const { attribute } = source;
  if (attribute === 'material_wo') {
    return { material: decodeMaterial(Buffer.from(source.value, 'utf8'), encoding, 'material_wo', attribute) };
  }
  if (attribute === 'material_env') {
    const value = env[source.name];
    return value === undefined || value === ''
      ? { missing: `the environment variable "${source.name}" that holds the key material is not set`, attribute }
      : { material: decodeMaterial(Buffer.from(value, 'utf8'), encoding, `environment variable "${source.name}"`, attribute) };
  }
  const content = await readKeyFile(source.path);
  return content === undefined
    ? { missing: `the file "${source.path}" that holds the key material does not exist`, attribute }
    : { material: decodeMaterial(content, encoding, `file "${source.path}"`, attribute) };
}

async function readKeyFile(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw new ByokError(
      'ERR_MATERIAL_INVALID',
      `the file "${path}" that holds the key material cannot be read: ${(cause as Error).message}`,
      {
        attribute: 'material_file',
        cause,
      },
    );
  }
}
