/**
 * Adds up the suites' JSON reports: `node tools/count.mjs FOLDER FAILED_STEPS` prints "N passed, N failed" and exits 1 when anything
 * failed. A step that failed although no test of it did (a crash, a build) counts as one, and so does a run without tests.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [folder, steps] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let suitesWithFailures = 0;
for (const name of readdirSync(folder).filter((n) => n.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  // A file that could not be loaded has no tests, but is a failed suite.
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((t) => t.status !== 'failed')).length;
  passed += report.numPassedTests;
  failed += report.numFailedTests + unloaded;
  if (report.numFailedTests + unloaded > 0) suitesWithFailures++;
}
failed += Math.max(0, Number(steps) - suitesWithFailures);
if (passed === 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
