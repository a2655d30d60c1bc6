/** The commands, in the order in which the list shows them: what a user meets first comes first. */
import { attest } from './attest.ts';
import { audit } from './audit.ts';
import { bundle } from './bundle.ts';
import { canonicalize } from './canonicalize.ts';
import { claude } from './claude.ts';
import type { Entry } from './command.ts';
import { completionCommand } from './completion.ts';
import { demo } from './demo.ts';
import { explain } from './explain.ts';
import { helpCommand } from './help.ts';
import { init } from './init.ts';
import { key } from './key.ts';
import { policy } from './policy.ts';
import { prove } from './prove.ts';
import { proxy } from './proxy.ts';
import { scan } from './scan.ts';
import { status } from './status.ts';
import { trust } from './trust.ts';
import { verify } from './verify.ts';
import { witness } from './witness.ts';

export const commands: readonly Entry[] = [demo, init, claude, proxy, policy, explain, scan, status, audit, attest, bundle, verify, trust, prove, key, witness, canonicalize, completionCommand(() => commands), helpCommand(() => commands)];

/** Words that stand for others. */
export const aliases: ReadonlyMap<string, string> = new Map([['attest verify', 'verify']]);
