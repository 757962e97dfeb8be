/** How a wait ends before its time. */
import { stopped, TimeLimit, withTimeLimit } from '../lib/stopped';

const limit = new TimeLimit('3s', '--timeout', 'run it again or raise --timeout');
const never = () => new AbortController().signal;

test('the time limit is the reason of its signal, and the message names it', async () => {
  const signal = withTimeLimit(never(), 1, limit);
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  expect(stopped(signal, 'describe-key')).toMatchObject({
    code: 'ERR_TIMEOUT',
    attribute: '--timeout',
    message:
      'describe-key was stopped at the time limit of 3s (--timeout); run it again or raise --timeout',
  });
});

test('an interruption before it is told as one', () => {
  const stop = new AbortController();
  const signal = withTimeLimit(stop.signal, 60_000, limit);
  stop.abort();
  expect(stopped(signal, 'the login', { effect: 'nothing was changed' })).toMatchObject({
    code: 'ERR_INTERRUPTED',
    message: 'the login was interrupted; nothing was changed',
  });
});

test('a limit beyond what a timer can hold is no limit of zero', async () => {
  const signal = withTimeLimit(never(), 90 * 86_400_000, limit);
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(signal.aborted).toBe(false);
});
