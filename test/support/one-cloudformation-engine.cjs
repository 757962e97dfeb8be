// The validator of AWS CDK, one for all test files of a worker: to start its engine takes seconds.
// It is loaded outside the modules of a test file, which go with the file.
'use strict';

const { runInThisContext } = require('node:vm');

const main = runInThisContext('globalThis');
const name = Symbol.for('cdktf-byok: validator of CloudFormation');

function load() {
  const { createRequire } = main.process.mainModule.require('node:module');
  const ofCdk = createRequire(createRequire(__filename).resolve('aws-cdk-lib/core'));
  const validator = ofCdk('@aws/cloudformation-validate');
  const engines = new Map();
  // A function, since `new` takes the object that it returns.
  function CompositeEngine(config) {
    const text = JSON.stringify(config);
    const engine = engines.get(text) ?? new validator.CompositeEngine(main.JSON.parse(text));
    engines.set(text, engine);
    return {
      // It takes no objects but those of its own world.
      validateTemplate: (template, options) =>
        engine.validateTemplate(template, main.JSON.parse(JSON.stringify(options))),
      free() {},
    };
  }
  return { ...validator, CompositeEngine };
}

main[name] ??= load();

module.exports = main[name];
