/** What there is to do about keys, by day. Pure. */
import { parseDuration } from '../../terms/duration';
import { formatInstant } from '../../terms/expiration-time';
import { defaultWarnBefore } from '../../terms/material';
import { dayOf, endOf } from './key-words';
import { compare, type KeyLine, type Overview } from './overview';

export interface ToDo {
  /** `now`, or a day. */
  readonly day: string;
  readonly key: KeyLine;
  readonly what: string;
}

const actBeforeMs = parseDuration(defaultWarnBefore, 'warn_before');

/** What lies further ahead is in the table. */
const aheadMs = parseDuration('120d', 'ahead');

export function toDoOf({ keys, now }: Overview): ToDo[] {
  return keys
    .flatMap((key) => {
      const found = dueOf(key);
      if (found === undefined || Date.parse(found.from) > now.getTime() + aheadMs) {
        return [];
      }
      const day = Date.parse(found.from) <= now.getTime() ? 'now' : dayOf(found.from);
      return [{ day, key, what: found.what }];
    })
    .sort((a, b) => compare(orderOf(a), orderOf(b)));
}

const atOnce = formatInstant(new Date(0));

function dueOf(key: KeyLine): { readonly from: string; readonly what: string } | undefined {
  const end = endOf(key);
  switch (key.verdict) {
    case 'missing':
      return { from: atOnce, what: key.reason ?? 'it has no usable material' };
    case 'unknown':
      return { from: atOnce, what: `not looked at since ${dayOf(key.asOf)}` };
    case 'unverified':
      return { from: atOnce, what: key.reason ?? 'nothing proves its material' };
    case 'scheduled':
      return {
        from: atOnce,
        what: `scheduled for deletion${key.deletion_date === null ? '' : ` on ${dayOf(key.deletion_date)}`}; cancel that if the key is used`,
      };
    default:
      if (key.renews_at !== null) {
        return { from: key.renews_at, what: 'renewed by the next deployment' };
      }
      return end === undefined
        ? undefined
        : {
            from: formatInstant(new Date(Date.parse(end) - actBeforeMs)),
            what: `expires ${dayOf(end)}, and nothing renews it; move the expiry`,
          };
  }
}

/** What is due now comes first, the worst of it before the rest. */
function orderOf({ day, key }: ToDo): string {
  const urgency = ['missing', 'unknown', 'expiring', 'unverified', 'scheduled', 'fine'];
  return day === 'now' ? `0${urgency.indexOf(key.verdict)}` : day;
}
