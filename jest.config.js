// Three rings: unit (no I/O beyond this process), emulator (real HTTP on loopback), real
// (terraform, cdktf).
const base = {
  testEnvironment: 'node',
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: {
    '^@aws/cloudformation-validate$': '<rootDir>/test/support/one-cloudformation-engine.cjs',
    '^@fastify/ajv-compiler$': '<rootDir>/test/support/one-validator.cjs',
    // Their main files are ES modules, which Jest does not load.
    '^(d3-[a-z-]+|internmap)$': '<rootDir>/node_modules/$1/dist/$1.js',
    '^cdktf-byok$': '<rootDir>/lib/index.ts',
    '^cdktf-byok/(aws-cdk|emulator|testing)$': '<rootDir>/lib/$1/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.tmp'],
};

/** @type {import('jest').Config} */
module.exports = {
  // For what hangs, and for nothing else: a machine may be slow.
  testTimeout: 900_000,
  // On two cores Jest would take one; most of these tests wait for Terraform.
  maxWorkers: 2,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.(emulator|real)\\.test\\.ts$'],
    },
    { ...base, displayName: 'emulator', testMatch: ['<rootDir>/test/**/*.emulator.test.ts'] },
    {
      ...base,
      displayName: 'real',
      testMatch: ['<rootDir>/test/**/*.real.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/named-terraform.ts'],
    },
  ],
};
