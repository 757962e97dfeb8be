// `node invoke.mjs HANDLER EVENT`: loads the function and hands it the event in that file, as the
// runtime of Lambda does.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';

// The bucket of CloudFormation is played on this machine: what would go there over HTTPS arrives at
// the server that plays AWS.
https.request = ({ pathname }, options) =>
  http.request(new URL(pathname, process.env.AWS_ENDPOINT_URL), options);

const [handlerFile, eventFile] = process.argv.slice(2);
const { handler } = createRequire(import.meta.url)(handlerFile);
const end = Date.now() + 600_000;

await handler(JSON.parse(readFileSync(eventFile, 'utf8')), {
  getRemainingTimeInMillis: () => end - Date.now(),
});
