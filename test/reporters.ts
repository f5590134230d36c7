/** How the suites report: for people always; with KEEL_TEST_REPORTS=FOLDER also as FOLDER/<suite>.json, to be summed. */
import { join } from 'node:path';

export function reportersFor(suite: string) {
  const folder = process.env.KEEL_TEST_REPORTS;
  if (!folder) return {};
  return { reporters: ['default', 'json'], outputFile: { json: join(folder, `${suite}.json`) } };
}
