// Fastify's compiler of schemas, one for all servers of a test file: whatever emulator started
// first has compiled the schemas for all others.
'use strict';

const one = require('@fastify/ajv-compiler/index.js')();

module.exports = () => one;
