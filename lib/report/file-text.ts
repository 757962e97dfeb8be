/**
 * The text of a file that a user gives us, whichever tool wrote it.
 * PowerShell's `>` writes UTF-16, and some editors put a byte order mark before UTF-8.
 */
import { ByokError } from '../errors';

/** Files that begin with these bytes are not text. The message says what to do. */
const packed: readonly { readonly magic: readonly number[]; readonly found: string }[] = [
  {
    magic: [0x1f, 0x8b],
    found: 'is compressed by gzip; unpack it first, for example with "gunzip -c FILE"',
  },
  {
    magic: [0x50, 0x4b, 0x03, 0x04],
    found:
      'is a packed file, as "terraform plan -out PLANFILE" writes it; give what "terraform show -json PLANFILE" prints, by --plan',
  },
];

/** @throws ByokError ERR_ARGUMENT when the file is not text; the message shows no content */
export function textIn(bytes: Buffer, place: string): string {
  const known = packed.find(({ magic }) => magic.every((byte, index) => bytes[index] === byte));
  if (known !== undefined) {
    throw new ByokError('ERR_ARGUMENT', `${place} ${known.found}`);
  }
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    if (!text.includes('\0')) {
      return text;
    }
  } catch {
    // The bytes do not fit the encoding, and no other is possible.
  }
  throw new ByokError('ERR_ARGUMENT', `${place} is no text; give a file in JSON`);
}

/**
 * Decides by the byte order mark, which the decoder removes.
 * Without a mark, zero bytes give it away: ASCII has them in UTF-16.
 */
function encodingOf(bytes: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) {
    return 'utf-16le';
  }
  return (first === 0xfe && second === 0xff) ||
    (first === 0 && second !== undefined && second !== 0)
    ? 'utf-16be'
    : 'utf-8';
}
