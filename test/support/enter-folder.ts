/** A process can be in one folder: what runs here in place of a process of its own shares it. */
export const firstFolder = process.cwd();
const present: string[] = [];

/**
 * @param otherwise says what to do if something else here is in another folder
 * @returns leaves it
 */
export function enterFolder(folder: string, otherwise: string): () => void {
  if (present.some((other) => other !== folder)) {
    throw new Error(otherwise);
  }
  present.push(folder);
  process.chdir(folder);
  return () => {
    present.pop();
    if (present.length === 0) {
      process.chdir(firstFolder);
    }
  };
}
