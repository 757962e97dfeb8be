/**
 * What bytes of a wrong size may have been meant to be: another encoding, encoded twice, or with a
 * line feed that came along.
 */

import { keySpecs } from '../terms/kms';
import type { MaterialEncoding } from '../terms/material';
import type { Phrase } from '../terms/setting';

/** Encodings of bytes; the others are containers of a private key. */
export type TextEncoding = Extract<MaterialEncoding, 'base64' | 'hex' | 'raw'>;

export const symmetricSizes: ReadonlySet<number> = new Set(
  Object.values(keySpecs).flatMap((row) => (row.family === 'symmetric' ? [row.materialBytes] : [])),
);

type Reading = readonly [encoding: TextEncoding, read: (text: string) => Buffer | undefined];

const readings: readonly Reading[] = [
  ['hex', (text) => (/^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : undefined)],
  [
    'base64',
    (text) =>
      /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0
        ? Buffer.from(text, 'base64')
        : undefined,
  ],
];

const separated: Reading = [
  'hex',
  (text) => readings[0]?.[1](text.replace(/^0x/i, '').replaceAll(/[\s:-]/g, '')),
];
const unpadded: Reading = [
  'base64',
  (text) => (/^[\w-]+$/.test(text) ? Buffer.from(text, 'base64url') : undefined),
];
const onLines: Reading = ['base64', (text) => readings[1]?.[1](text.replaceAll(/[\s"']/g, ''))];

/**
 * @param content as it arrived
 * @param bytes its decoded form; undefined if it cannot be decoded
 * @returns what follows "; "; undefined if it fits in no other way
 */
export function hintOf(
  content: Buffer,
  encoding: TextEncoding,
  bytes: Buffer | undefined,
): Phrase | undefined {
  const text = content.toString('latin1').trim();
  const other = readings.find((reading) => reading[0] !== encoding && isKey(reading, text));
  if (other !== undefined) {
    return meant(`it reads as ${sizes} in ${other[0]}:`, other[0]);
  }
  const decoded = bytes ?? content;
  const withoutLineFeed =
    /\r?\n$/.exec(decoded.toString('latin1', decoded.length - 2))?.[0].length ?? 0;
  if (withoutLineFeed > 0 && symmetricSizes.has(decoded.length - withoutLineFeed)) {
    const where =
      encoding === 'raw'
        ? 'write it without, for example with head -c 32 FILE > NEW'
        : 'encode the bytes without it';
    return bytes === undefined
      ? meant(
          `it holds ${sizes} as they are, followed by a line feed: write it without, and`,
          'raw',
        )
      : `it ends with a line feed that is not part of the key: ${where}`;
  }
  if (bytes === undefined && symmetricSizes.has(content.length)) {
    return meant(`it holds ${sizes} as they are:`, 'raw');
  }
  const again =
    bytes === undefined || encoding === 'raw'
      ? undefined
      : readings.find((reading) => isKey(reading, bytes.toString('latin1').trim()));
  if (again !== undefined) {
    return meant(
      `its content is text that reads as ${sizes} in ${again[0]}, so it was encoded twice: decode it once, and`,
      again[0],
    );
  }
  const loose: readonly (readonly [Reading, Phrase])[] = [
    [
      separated,
      meant(
        `it reads as ${sizes} in hex with other characters between: leave the digits only, and`,
        'hex',
      ),
    ],
    [
      unpadded,
      `it reads as ${sizes} in Base64 of the URL alphabet or without padding: write it with "+" and "/" and padded with "="`,
    ],
    [
      onLines,
      `it reads as ${sizes} in Base64 with quotes or white space inside: write it on one line, without`,
    ],
  ];
  return bytes === undefined ? loose.find(([reading]) => isKey(reading, text))?.[1] : undefined;
}

/** @param found is followed by what to set */
function meant(found: string, encoding: TextEncoding): Phrase {
  return ({ name }) => `${found} set ${name('materialEncoding')} to "${encoding}"`;
}

const sizes = `${[...symmetricSizes].join(' or ')} bytes`;

function isKey([, read]: Reading, text: string): boolean {
  const bytes = read(text);
  const fits = symmetricSizes.has(bytes?.length ?? 0);
  bytes?.fill(0);
  return fits;
}
