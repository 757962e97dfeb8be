// Preloaded into a process whose pauses are to last for ever without keeping it alive: promises
// that nothing will settle.
require('node:timers/promises').setTimeout = () => new Promise(() => undefined);
