// `node invoke.mjs HANDLER EVENT`: loads the function and hands it the event in that file, as the runtime of Lambda does.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [handlerFile, eventFile] = process.argv.slice(2);
const { handler } = createRequire(import.meta.url)(handlerFile);
const end = Date.now() + 600_000;

await handler(JSON.parse(readFileSync(eventFile, 'utf8')), { getRemainingTimeInMillis: () => end - Date.now() });
