// Sums the JSON reports of the test suites and ends with "N passed, N failed, N skipped", alone on its line.
// usage: node sum-test-reports.mjs FOLDER SUITE...
// A suite without a report counts as one failure (it crashed, or its checks before the tests failed), and so does a
// test file that could not be loaded. Plain JavaScript, because it must run where npm ci failed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...suites] = process.argv.slice(2);

function readReport(suite) {
  try {
    return JSON.parse(readFileSync(join(folder, `${suite}.json`), 'utf8'));
  } catch {
    return null;
  }
}

function countsOf(report) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 };
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return {
    passed: report.numPassedTests,
    failed: report.success || failed > 0 ? failed : 1,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

const inWords = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** Which tests were skipped: a title says why where the machine is the reason. */
function skippedTitles(report) {
  const tests = (report?.testResults ?? []).flatMap((file) => file.assertionResults);
  return tests.filter((test) => /^(pending|skipped|todo)$/.test(test.status)).map((test) => test.fullName);
}

const total = { passed: 0, failed: 0, skipped: 0 };
for (const suite of suites) {
  const report = readReport(suite);
  const counts = countsOf(report);
  for (const key of Object.keys(total)) total[key] += counts[key];
  console.log(`${suite}: ${report === null ? 'no report; counted as 1 failed' : inWords(counts)}`);
  for (const title of skippedTitles(report)) console.log(`  skipped: ${title}`);
}
console.log(inWords(total));
process.exitCode = total.failed > 0 ? 1 : 0;
