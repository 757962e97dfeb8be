// Preloaded into the provider, and into the campaign itself for its emulator. Time: the provider's
// clock stands where the emulator's does (CHAOS_OFFSET_MS), its pauses pass forty times as fast,
// and its patience with one call is 400 ms instead of 30 s while there is a file CHAOS_IMPATIENCE:
// only where a timeout is ordered, so that a slow machine brings about none. What it finds as the
// command line of the Terraform that started it stands in a file CHAOS_COMMAND, where none did
// start it. RSA key pairs come from a ring of a few (CHAOS_RING), since making one takes longer
// than everything else. Nothing else differs.
'use strict';

const fs = require('node:fs');

const { existsSync, readFileSync } = fs;

const pauseDivisor = 40;
const [documentedCallMs, callMs] = [30_000, 400];

function moveTime(offsetMs) {
  const RealDate = Date;
  let slept = 0;
  const now = () => RealDate.now() + offsetMs + slept;
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      if (args.length === 0) {
        super(now());
      } else {
        super(...args);
      }
    }
    static now() {
      return now();
    }
  };
  const uptime = performance.now.bind(performance);
  performance.now = () => uptime() + slept;
  const timers = require('node:timers/promises');
  const pause = timers.setTimeout;
  timers.setTimeout = async (ms, value, options) => {
    await pause(ms / pauseDivisor, value, options);
    slept += ms - ms / pauseDivisor;
    return value;
  };
  const schedule = globalThis.setTimeout;
  const patience = (ms) =>
    ms === documentedCallMs && existsSync(process.env.CHAOS_IMPATIENCE ?? '') ? callMs : ms;
  globalThis.setTimeout = (callback, ms, ...args) => schedule(callback, patience(ms), ...args);
}

function useRing(file) {
  const crypto = require('node:crypto');
  const { promisify } = require('node:util');
  const make = promisify(crypto.generateKeyPair);
  const ring = JSON.parse(readFileSync(file, 'utf8'));
  let turn = 0;
  const fromRing = async (type, options) => {
    if (type !== 'rsa' || options.modulusLength !== 2048) {
      return make(type, options);
    }
    const privateKey = crypto.createPrivateKey(ring[turn++ % ring.length]);
    const publicKey = crypto.createPublicKey(privateKey);
    return {
      publicKey:
        options.publicKeyEncoding === undefined
          ? publicKey
          : publicKey.export(options.publicKeyEncoding),
      privateKey:
        options.privateKeyEncoding === undefined
          ? privateKey
          : privateKey.export(options.privateKeyEncoding),
    };
  };
  const { generateKeyPair } = crypto;
  crypto.generateKeyPair = Object.assign((...args) => generateKeyPair(...args), {
    [promisify.custom]: fromRing,
  });
}

function showCommand(file) {
  fs.readFileSync = (path, ...args) =>
    readFileSync(path === `/proc/${process.ppid}/cmdline` ? file : path, ...args);
}

if (process.env.CHAOS_COMMAND !== undefined) {
  showCommand(process.env.CHAOS_COMMAND);
}
if (process.env.CHAOS_OFFSET_MS !== undefined) {
  moveTime(Number(process.env.CHAOS_OFFSET_MS));
}
if (process.env.CHAOS_RING !== undefined) {
  useRing(process.env.CHAOS_RING);
}
