/**
 * Everything that `byok report` makes, in one door: the build bundles it apart, since its libraries
 * would cost every other command their loading.
 */
export { badgeSvgOf } from './badge-svg';
export { calendarOf } from './calendar';
export { cbomOf } from './cbom';
export { shortText } from './foreign-text';
export { isIssueOf, issueTurn } from './issue';
export { metricsOf, withSourcesDown } from './metrics';
export {
  countsOf,
  nameOf,
  overviewOf,
  placeOf,
  reportedVerdicts,
  verdictOf,
} from './overview';
export { pageHtmlOf } from './page-html';
export { readCheckResult } from './read-check-result';
export { readReminded, writtenReminded } from './reminded';
export { linesOf, messageOf, remindersOf, thresholdsOf } from './reminders';
export { timelineSvgOf } from './timeline-svg';
