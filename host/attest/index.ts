/** The door of attesting: run -> predicate -> statement -> signature -> bundle. */
export { besideAttestation, bundleRun } from './bundle.ts';
export { attestRun, keptPolicies, policyText, readRunFile, type Attested, type Attesting } from './run.ts';
export { signWithKey, type SigningKey } from './sign.ts';
