// Stands in for the Lambda runtime: loads the built handler, and invokes it with each event that comes.
const { handler } = require(process.argv[2]);

process.on('message', async ({ event, remainingMs }) => {
  const end = Date.now() + remainingMs;
  try {
    await handler(event, { getRemainingTimeInMillis: () => end - Date.now() });
    process.send({});
  } catch (error) {
    // As the runtime would log it.
    process.stderr.write(`${error.stack}\n`);
    process.send({ error: error.message });
  }
});
