/** The policy file of the home: writing it from a template, reading it with all its faults. */
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Core } from '../../core-wasm/core.ts';
import { openHome } from '../ledger/index.ts';
import type { Ops } from '../ops.ts';
import { parsePolicy, templateText, templateNames, type TemplateName } from '../policy/index.ts';
import { oneOf } from './args.ts';
import type { Option } from './command.ts';

/** More than the parser takes, so that it is the parser that refuses. */
export const READ_LIMIT = 1_048_576;

export interface Written {
  readonly path: string;
  readonly template: TemplateName;
  /** False where a file was there and is left as it is. */
  readonly written: boolean;
}

export const templateOption: Option = {
  value: 'NAME',
  of: templateNames,
  says: `dev-default: credentials denied, secrets redacted, daily work untouched (default)
strict: only the project's own files, secrets and opaque commands blocked
finance: dev-default, and numbers of cards and accounts redacted
local-first: what can be answered here is answered here`,
};

export function templateName(word: string | undefined): TemplateName {
  return oneOf(word, templateNames, 'dev-default');
}

/** Makes the home where there is none, then its policy; one that is there is replaced only by `force`. */
export async function writePolicy(ops: Ops, core: Core, home: string, template: TemplateName, force: boolean): Promise<Written> {
  const { path: folder } = await openHome(ops, core, home);
  const path = `${folder}/policy.yml`;
  const bytes = new TextEncoder().encode(templateText(template));
  if (force) {
    await ops.files.replace(path, bytes);
    return { path, template, written: true };
  }
  return { path, template, written: await ops.files.createExclusive(path, bytes) };
}

export interface PolicyText {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly parsed: ReturnType<typeof parsePolicy>;
}

export async function readPolicy(ops: Ops, core: Core, path: string): Promise<PolicyText> {
  const bytes = await ops.files.read(path, READ_LIMIT);
  return { path, bytes, parsed: parsePolicy(core, bytes) };
}

export function alreadyThere(path: string): OccasioError {
  return new OccasioError({ code: 'exists', cannot: 'write policy', thing: path, found: 'it is there already', next: 'Replace it with --force, or see what differs: occasio policy show --diff' });
}
