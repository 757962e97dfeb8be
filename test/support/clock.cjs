// Preloaded into a process: its clock stands TEST_CLOCK_AHEAD_MS milliseconds ahead, which it may
// change by itself.
'use strict';

const RealDate = Date;
const aheadMs = () => Number(process.env.TEST_CLOCK_AHEAD_MS ?? 0);

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) {
      super(RealDate.now() + aheadMs());
    } else {
      super(...args);
    }
  }
  static now() {
    return RealDate.now() + aheadMs();
  }
};
