// Stands in for the Lambda runtime: loads the built handler, and invokes it with each event that
// comes.
require('../support/clock.cjs');
const https = require('node:https');
const tls = require('node:tls');

// CloudFormation's bucket is on loopback here. Its certificate is checked against its name all the
// same.
https.globalAgent.createConnection = (options, done) =>
  tls.connect({ ...options, host: '127.0.0.1', port: Number(process.env.TEST_ANSWERS_PORT) }, done);

const { handler } = require(process.argv[2]);

process.on('message', async ({ event, remainingMs, aheadMs }) => {
  process.env.TEST_CLOCK_AHEAD_MS = String(aheadMs);
  const end = Date.now() + remainingMs;
  try {
    await handler(event, { getRemainingTimeInMillis: () => end - Date.now() });
    // Behind everything that this run printed, which may come later than its end.
    process.stdout.write('END\n');
    process.send({});
  } catch (error) {
    // As the runtime would log it.
    process.stderr.write(`${error.stack}\n`);
    process.send({ error: error.message });
  }
});
