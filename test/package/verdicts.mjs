// What publint and "are the types wrong" say of a tarball, as JSON. A program of its own: both are
// ES modules, which jest cannot load.
import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const [tarball] = process.argv.slice(2);
const content = readFileSync(tarball);

const { messages, pkg } = await publint({
  pack: { tarball: new Uint8Array(content).buffer },
  strict: true,
});
const { entrypoints, problems } = await checkPackage(
  createPackageFromTarballData(new Uint8Array(content)),
);

const verdicts = {
  publint: messages.map((message) => formatMessage(message, pkg, { color: false })),
  problems,
  /** By subpath and way of resolving: the file that was found. */
  resolved: Object.fromEntries(
    Object.entries(entrypoints).map(([subpath, { resolutions }]) => [
      subpath,
      Object.fromEntries(
        Object.entries(resolutions).map(([kind, { resolution }]) => [kind, resolution?.fileName]),
      ),
    ]),
  ),
};
process.stdout.write(JSON.stringify(verdicts));
