/**
 * A zip archive of a few small files that Terraform can unpack.
 * It is not compressed and is dated 1980, so the same files give the same bytes with every Node.
 * Fields have the names of the format's own description (APPNOTE).
 */
export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer;
  readonly mode: number;
}

const versionNeeded = 20;
/** Upper byte 3 means that modes are those of Unix. */
const versionMadeBy = (3 << 8) | versionNeeded;
/** The first day that the format can express. */
const firstDay = (1 << 5) | 1;
const regularFile = 0o100000;

/**
 * @param entries fewer than 65,536, with plain ASCII names, less than 4 GiB in all:
 * larger archives need another format
 */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode } of entries) {
    const fileName = Buffer.from(name, 'ascii');
    const described = Buffer.concat([
      shorts(versionNeeded, 0, 0, 0, firstDay),
      longs(crc32(content), content.length, content.length),
      shorts(fileName.length, 0),
    ]);
    const local = [longs(0x04034b50), described, fileName, content];
    directory.push(
      longs(0x02014b50),
      shorts(versionMadeBy),
      described,
      // Comment, disk, internal attributes.
      shorts(0, 0, 0),
      longs(((regularFile | mode) << 16) >>> 0, offset),
      fileName,
    );
    locals.push(...local);
    offset += local.reduce((sum, { length }) => sum + length, 0);
  }
  const directorySize = directory.reduce((sum, { length }) => sum + length, 0);
  const end = [
    longs(0x06054b50),
    shorts(0, 0, entries.length, entries.length),
    longs(directorySize, offset),
    shorts(0),
  ];
  return Buffer.concat([...locals, ...directory, ...end]);
}

function shorts(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, index) => void bytes.writeUInt16LE(value, 2 * index));
  return bytes;
}

function longs(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => void bytes.writeUInt32LE(value, 4 * index));
  return bytes;
}

/** A table of our own, because zlib has crc32 only from Node 20.15 on. */
const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return crc;
});

function crc32(content: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of content) {
    crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0);
  }
  return ~crc >>> 0;
}
